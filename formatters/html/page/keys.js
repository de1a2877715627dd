// The keyboard in the table, as the ARIA practices have it for a treegrid.

import { byName } from './dom.js';

/** @typedef {import('./table.js').Table} Table */
/** @typedef {import('./summary.js').Module} Module */

/** @param {Table} table @param {number} place @param {boolean} [extend] */
function goTo(table, place, extend = false) {
  const row = table.rows[Math.max(0, Math.min(table.rows.length - 1, place))];
  if (!row) return;
  if (extend) {
    table.selectTo(row.module);
  } else {
    if (table.view.selected.size > 0) table.view.select([]);
    table.view.setActive(row.module);
  }
  table.scrollTo(row.module, 'nearest');
}

/** Opens, or goes in. @param {Table} table @param {number} place */
function right(table, place) {
  const row = table.rows[place];
  if (row.isOpen === false) table.view.setOpen([row.module], true);
  else if (row.isOpen) goTo(table, place + 1);
}

/** Closes, or goes out. @param {Table} table @param {number} place */
function left(table, place) {
  const row = table.rows[place];
  if (row.isOpen) table.view.setOpen([row.module], false);
  else if (row.module.parent) goTo(table, table.places.get(row.module.parent) ?? 0);
}

/** Opens all that stand beside it. @param {Table} table @param {Module} module */
function openSiblings(table, module) {
  table.view.setOpen(module.parent?.children ?? [module], true);
}

/** @param {Table} table @param {KeyboardEvent} event @param {number} place */
function act(table, event, place) {
  const { module } = table.rows[place];
  const page = Math.max(1, Math.floor(table.scroller.clientHeight / table.rowHeight) - 2);
  switch (event.key) {
    case 'ArrowDown': return goTo(table, place + 1, event.shiftKey);
    case 'ArrowUp': return goTo(table, place - 1, event.shiftKey);
    case 'PageDown': return goTo(table, place + page, event.shiftKey);
    case 'PageUp': return goTo(table, place - page, event.shiftKey);
    case 'Home': return goTo(table, 0, event.shiftKey);
    case 'End': return goTo(table, table.rows.length - 1, event.shiftKey);
    case 'ArrowRight': return right(table, place);
    case 'ArrowLeft': return left(table, place);
    case 'Enter': return table.view.toggle(module);
    case ' ': return event.ctrlKey ? table.toggleSelected(module) : table.view.toggle(module);
    case '*': return openSiblings(table, module);
    case 'Escape': return table.view.select([]);
    default: return 'not ours';
  }
}

/** @param {Table} table */
export function followKeys(table) {
  table.element.addEventListener('keydown', (event) => {
    if (event.target !== table.element || event.altKey || event.metaKey) return;
    if (event.ctrlKey && event.key !== ' ') return;
    const place = table.places.get(table.view.active) ?? 0;
    if (!table.rows[place]) return;
    if (act(table, event, place) !== 'not ours') event.preventDefault();
  });
  const filter = byName('filter');
  document.addEventListener('keydown', (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.matches('input, select, textarea')) return;
    event.preventDefault();
    filter.focus();
  });
  filter.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === 'ArrowDown') {
      event.preventDefault();
      table.element.focus();
      // To the first that was looked for, not to what it is inside of.
      const first = table.rows.findIndex((row) => table.view.filter.matches[row.module.index]);
      if (first >= 0) goTo(table, first);
    }
  });
}
