// The tree table. Only the rows in sight are elements, so that a hundred thousand
// modules scroll as ten do. The table itself has the keyboard focus and names its
// active row (aria-activedescendant): a row may come and go as it scrolls.

import { byName, el } from './dom.js';
import { followKeys } from './keys.js';
import { makeRow, rowId } from './row_view.js';
import { visibleRows } from './rows.js';
import { makeHead } from './table_head.js';

/** @typedef {import('./summary.js').Module} Module */

const SPARE = 12;  // Rows kept above and below those in sight.

export class Table {
  /** @type {import('./rows.js').Row[]} */
  rows = [];
  /** @type {Map<Module, number>} Place of each row. */
  places = new Map();
  /** @type {Map<Module, HTMLTableRowElement>} The rows that are elements now. */
  #drawn = new Map();
  #isPrinting = false;
  #isDue = false;

  /** @param {import('./view.js').View} view */
  constructor(view) {
    this.view = view;
    this.scroller = byName('scroller');
    this.above = el('tr', { role: 'presentation' });
    this.below = el('tr', { role: 'presentation' });
    this.body = el('tbody', { role: 'rowgroup' });
    this.columns = el('colgroup');
    this.head = el('thead', { role: 'rowgroup' });
    const spacer = (/** @type {HTMLElement} */ row) =>
      el('tbody', { class: 'spacer', 'aria-hidden': 'true' }, row);
    this.element = el('table', {
      role: 'treegrid', id: 'strata-table', tabindex: 0, 'aria-multiselectable': 'true',
      'aria-label': 'Modules', 'aria-describedby': 'strata-keys',
    }, this.columns, this.head, spacer(this.above), this.body, spacer(this.below));
    this.scroller.append(this.element);
    this.#listen();
    this.#drawHead();
    this.#takeRows();
  }

  #listen() {
    const { view } = this;
    view.on('rows', () => { this.#drawHead(); this.#takeRows(); });
    view.on('columns', () => { this.#drawHead(); this.#drawAll(); });
    view.on('metric', () => { this.#drawHead(); this.#drawAll(); });
    view.on('active', () => this.#markRows());
    view.on('selection', () => this.#markRows());
    this.scroller.addEventListener('scroll', () => this.#drawSoon(), { passive: true });
    new ResizeObserver(() => this.#drawSoon()).observe(this.scroller);
    this.body.addEventListener('click', (event) => this.#clicked(event));
    window.addEventListener('beforeprint', () => this.#print(true));
    window.addEventListener('afterprint', () => this.#print(false));
    followKeys(this);
  }

  #drawHead() {
    const [cols, row, width] = makeHead(this.view);
    const focused = [...this.head.querySelectorAll('button')].indexOf(
        /** @type {HTMLButtonElement} */ (document.activeElement));
    this.columns.replaceChildren(...cols);
    this.head.replaceChildren(row);
    this.element.style.minWidth =
        `calc(var(--name-width) + ${width}ch * 0.95 + ${this.view.shown.length * 1.5}rem)`;
    // On paper nothing scrolls.
    this.element.classList.toggle('many', cols.length > 6);
    this.element.setAttribute('aria-colcount', String(cols.length));
    if (focused >= 0) this.head.querySelectorAll('button')[focused]?.focus();
  }

  #takeRows() {
    this.rows = visibleRows(this.view);
    this.places = new Map(this.rows.map((row, place) => [row.module, place]));
    this.element.setAttribute('aria-rowcount', String(this.rows.length + 1));
    byName('empty').hidden = this.rows.length > 0;
    this.#drawAll();
  }

  #drawAll() {
    this.#drawn.clear();
    this.body.replaceChildren();
    this.draw();
  }

  #drawSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => { this.#isDue = false; this.draw(); });
  }

  get rowHeight() {
    return parseFloat(getComputedStyle(this.scroller).getPropertyValue('--row'));
  }

  /** The rows in sight, and some more. @returns {[number, number]} */
  #span() {
    if (this.#isPrinting) return [0, this.rows.length];
    const height = this.rowHeight;
    const first = Math.floor(this.scroller.scrollTop / height) - SPARE;
    const count = Math.ceil((this.scroller.clientHeight || 800) / height) + 2 * SPARE;
    // Scrolled past the end, where rows have just become fewer.
    const begin = Math.max(0, Math.min(first, this.rows.length - count));
    return [begin, Math.min(this.rows.length, begin + count)];
  }

  draw() {
    const [begin, end] = this.#span();
    const height = this.rowHeight;
    const drawn = new Map();
    for (let place = begin; place < end; ++place) {
      const row = this.rows[place];
      drawn.set(row.module, this.#drawn.get(row.module) ?? makeRow(this.view, row, place));
    }
    for (const [module, element] of this.#drawn) if (!drawn.has(module)) element.remove();
    let next = this.body.firstElementChild;
    for (const element of drawn.values()) {
      if (next === element) next = element.nextElementSibling;
      else this.body.insertBefore(element, next);
    }
    this.#drawn = drawn;
    this.above.style.height = `${begin * height}px`;
    this.below.style.height = `${(this.rows.length - end) * height}px`;
    this.#markRows();
  }

  #markRows() {
    const { active, selected } = this.view;
    for (const [module, element] of this.#drawn) {
      element.classList.toggle('active', module === active);
      element.setAttribute('aria-selected', String(selected.has(module) || module === active));
      element.classList.toggle('selected', selected.has(module));
    }
    if (active && this.#drawn.has(active)) {
      this.element.setAttribute('aria-activedescendant', rowId(active));
    } else {
      this.element.removeAttribute('aria-activedescendant');
    }
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const target = /** @type {Element} */ (event.target);
    const index = target.closest('tr')?.dataset.index;
    if (index === undefined) return;
    const module = this.view.summary.modules[Number(index)];
    if (target.closest('.twisty')) {
      this.view.toggle(module);
    } else if (event.shiftKey) {
      this.selectTo(module);
    } else if (event.ctrlKey || event.metaKey) {
      this.toggleSelected(module);
    } else {
      this.view.select([]);
      this.view.setActive(module);
      // A link in a new tab or a link copied is the browser's; here it is this row.
    }
    event.preventDefault();
    this.element.focus({ preventScroll: true });
  }

  /** @param {Module} module */
  toggleSelected(module) {
    const selected = new Set(this.view.selected);
    if (!selected.delete(module)) selected.add(module);
    this.view.select(selected);
    this.view.setActive(module);
  }

  /** Selects the rows from the active one to this. @param {Module} module */
  selectTo(module) {
    const [from, to] = [this.places.get(this.view.active) ?? 0, this.places.get(module) ?? 0];
    const between = this.rows.slice(Math.min(from, to), Math.max(from, to) + 1);
    this.view.select([...this.view.selected, ...between.map((row) => row.module)]);
    this.view.setActive(module);
  }

  /** @param {Module} module @param {'nearest'|'center'} where */
  scrollTo(module, where) {
    const place = this.places.get(module);
    if (place === undefined) return;
    const height = this.rowHeight;
    const room = this.scroller.clientHeight - this.head.offsetHeight;
    const { scrollTop } = this.scroller;
    const top = place * height;
    const isInside = top >= scrollTop && top + height <= scrollTop + room;
    if (where === 'center' && !isInside) this.scroller.scrollTop = top - (room - height) / 2;
    else if (top < scrollTop) this.scroller.scrollTop = top;
    else if (top + height > scrollTop + room) this.scroller.scrollTop = top + height - room;
    this.draw();
  }

  /** On paper there is no scrolling: all rows that are open are there. @param {boolean} on */
  #print(on) {
    this.#isPrinting = on;
    this.#drawAll();
  }
}
