// The head of the table: titles that sort, and widths.

import { button, el } from './dom.js';

/** @typedef {import('./columns.js').Column} Column */

const WIDEST = 24;   // Characters; a longer text is cut, and whole on hover.
const MEASURED = 2000;

/** @param {import('./view.js').View} view @param {Column} column */
function widthOf(view, column) {
  let most = column.title.length + 4;
  for (const module of view.summary.modules.slice(0, MEASURED)) {
    most = Math.max(most, column.text(module).length);
    if (most >= WIDEST) return WIDEST;
  }
  return most;
}

/** @param {import('./view.js').View} view @param {Column|null} column */
function sortState(view, column) {
  if (!view.sort || view.sort.column !== column) return 'none';
  return view.sort.descending ? 'descending' : 'ascending';
}

/** @param {import('./view.js').View} view @param {Column|null} column null: the name */
function headCell(view, column) {
  const state = sortState(view, column);
  const label = el('span', {}, column ? column.title : 'Module');
  const arrow = el('span', { class: `arrow ${state}`, 'aria-hidden': 'true' });
  const isNumber = column?.isNumber ?? false;
  return el('th', { role: 'columnheader', scope: 'col', 'aria-sort': state,
                    class: `${column ? (isNumber ? 'number' : 'text') : 'name'}${
                      column && column === view.metric ? ' chosen' : ''}` },
            button({ title: 'Sort within siblings' }, el('span', { class: 'label' }, label, arrow),
                   () => view.sortBy(column)));
}

/**
 * @param {import('./view.js').View} view
 * @returns {[HTMLTableColElement[], HTMLTableRowElement, number]} with the width that the
 *   values need, in characters
 */
export function makeHead(view) {
  const cols = [el('col', { class: 'name' })];
  let width = 0;
  const row = el('tr', { role: 'row', 'aria-rowindex': 1 }, headCell(view, null));
  for (const column of view.shown) {
    const wide = widthOf(view, column);
    const col = el('col');
    col.style.width = `calc(${wide}ch * 0.95 + 1.5rem)`;
    cols.push(col);
    row.append(headCell(view, column));
    width += wide;
  }
  return [cols, row, width];
}
