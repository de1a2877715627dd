// What the reader has chosen: one object that all parts of the page look at, and
// tell of changes. It knows nothing of elements.

import { allColumns } from './columns.js';
import { makeFilter } from './filter.js';
import { lineage } from './summary.js';

/** @typedef {import('./summary.js').Module} Module */
/** @typedef {import('./columns.js').Column} Column */

/**
 * rows: which rows there are · columns: which columns · metric: what pictures and
 * shades show · active: the row that has the keyboard · selection · container: what the
 * pictures show the inside of.
 * @typedef {'rows'|'columns'|'metric'|'active'|'selection'|'container'} Change
 */

export class View {
  /** @type {Map<Change, (() => void)[]>} */
  #listeners = new Map();

  /**
   * @param {import('./summary.js').Summary} summary
   * @param {{depth?: number, columns?: string[]}} settings
   */
  constructor(summary, settings) {
    this.summary = summary;
    this.columns = allColumns(summary);
    const wanted = settings.columns ?? [];
    this.shown = /** @type {Column[]} */ (
      wanted.map((id) => this.columns.find((column) => column.id === id)).filter(Boolean));
    /** @type {Column|undefined} */
    this.metric = this.shown.find((c) => c.isMetric) ?? this.columns.find((c) => c.isMetric);
    this.isOpen = new Uint8Array(summary.modules.length);
    /** @type {{column: Column|null, descending: boolean}|null} null: as registered */
    this.sort = null;
    this.filter = makeFilter('', summary);
    this.active = summary.root;
    /** @type {Set<Module>} Rows picked for copying; empty: none. */
    this.selected = new Set();
    this.container = summary.root;
    this.deepest = summary.modules.reduce((most, module) => Math.max(most, module.depth), 0);
    this.openToDepth(Math.max(1, settings.depth ?? 1));
  }

  /** @param {Change} change @param {() => void} listener */
  on(change, listener) {
    this.#listeners.set(change, [...(this.#listeners.get(change) ?? []), listener]);
  }

  /** @param {...Change} changes */
  #tell(...changes) {
    for (const change of changes) this.#listeners.get(change)?.forEach((listener) => listener());
  }

  /** @param {Module} module */
  isShownOpen(module) {
    return this.filter.isOn ? !this.filter.closed.has(module) : this.isOpen[module.index] === 1;
  }

  /** @param {Module[]} modules @param {boolean} open */
  setOpen(modules, open) {
    for (const module of modules) {
      if (!this.filter.isOn) this.isOpen[module.index] = open ? 1 : 0;
      else if (open) this.filter.closed.delete(module);
      else this.filter.closed.add(module);
    }
    this.#tell('rows');
  }

  /** @param {Module} module */
  toggle(module) {
    if (module.children.length > 0) this.setOpen([module], !this.isShownOpen(module));
  }

  /** Rows down to this depth are shown. @param {number} depth */
  openToDepth(depth) {
    for (const module of this.summary.modules) {
      this.isOpen[module.index] = module.depth < depth ? 1 : 0;
    }
    if (this.filter.isOn) {
      this.filter.closed = new Set(this.summary.modules.filter((m) => m.depth >= depth));
    }
    this.#tell('rows');
  }

  /** Largest first, smallest first, as registered. @param {Column|null} column null: the name */
  sortBy(column) {
    const firstDescending = column !== null && column.isNumber;
    if (this.sort === null || this.sort.column !== column) {
      this.sort = { column, descending: firstDescending };
    } else if (this.sort.descending === firstDescending) {
      this.sort = { column, descending: !firstDescending };
    } else {
      this.sort = null;
    }
    this.#tell('rows');
  }

  /** @param {string} text */
  setFilter(text) {
    this.filter = makeFilter(text, this.summary);
    this.#tell('rows');
  }

  /** @param {Column} metric */
  setMetric(metric) {
    this.metric = metric;
    this.#tell('metric');
  }

  /** @param {Column} column @param {boolean} shown */
  showColumn(column, shown) {
    this.shown = this.columns.filter((c) => c === column ? shown : this.shown.includes(c));
    this.#tell('columns');
  }

  /** @param {Module} module */
  setActive(module) {
    this.active = module;
    this.#tell('active');
  }

  /** Makes the module's row be there, and the active one. @param {Module} module */
  reveal(module) {
    for (const above of lineage(module)) {
      if (above === module) break;
      this.isOpen[above.index] = 1;
      this.filter.closed.delete(above);
    }
    if (this.filter.isOn && !this.filter.kept[module.index]) this.setFilter('');
    else this.#tell('rows');
    this.setActive(module);
  }

  /** @param {Iterable<Module>} modules */
  select(modules) {
    this.selected = new Set(modules);
    this.#tell('selection');
  }

  /** Pictures show the inside of this module. @param {Module} module */
  openContainer(module) {
    this.container = module.children.length > 0 || !module.parent ? module : module.parent;
    this.#tell('container');
  }
}
