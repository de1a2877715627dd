// One row of the table as elements.

import { el } from './dom.js';
import { linkTo } from './links.js';
import { printable, shortened } from './text.js';

/** @typedef {import('./summary.js').Module} Module */
/** @typedef {import('./columns.js').Column} Column */

const LONGEST = 160;
// Deeper rows move no further to the right; they say their depth instead.
const MOST_INDENTED = 16;

// Maps, not objects: every object has a `constructor`.
const FLAGS = new Map([
  ['not_executed', ['did not run', 'It has a forward of its own, and this run never called it']],
  ['shared', ['shared', 'The module, or one of its parameters, is held at another path too']],
  ['inferred', ['inferred', 'When it was called, and what ran in it, was worked out and not seen']],
]);

/** @param {Module} module */
export function badges(module) {
  const marks = [];
  for (const [flag, [text, title]] of FLAGS) {
    if (module.layer.flags?.includes(flag)) marks.push(el('span', { class: 'badge', title }, text));
  }
  const calls = module.layer.calls?.length ?? 0;
  if (calls > 1) {
    marks.push(el('span', { class: 'badge', title: `It was called ${calls} times` }, `×${calls}`));
  }
  return marks;
}

/**
 * The text, with what the filter found in it marked.
 * @param {import('./view.js').View} view
 * @param {string} text
 */
function marked(view, text) {
  const cut = shortened(text, LONGEST);
  const place = view.filter.isOn ? view.filter.place(cut) : null;
  if (!place || place[0] === place[1]) return [cut];
  return [cut.slice(0, place[0]), el('mark', {}, cut.slice(...place)), cut.slice(place[1])];
}

/** @param {import('./view.js').View} view @param {import('./rows.js').Row} row */
function nameCell(view, row) {
  const { module, isOpen } = row;
  const cell = el('td', { role: 'rowheader', class: 'name', title: title(module) });
  const indent = Math.min(module.depth, MOST_INDENTED);
  cell.style.setProperty('--indent', String(indent));
  const twisty = el('span', { class: isOpen === null ? 'twisty none' : isOpen ? 'twisty open' : 'twisty',
                              'aria-hidden': 'true' });
  cell.append(twisty);
  if (module.depth > MOST_INDENTED) cell.append(el('span', { class: 'level' }, `${module.depth}`));
  // The filter may have found the whole path, of which the row says the end.
  cell.append(el('a', { href: linkTo(module), tabindex: -1, class: 'module' },
                 ...marked(view, module.name)));
  if (module.parent) cell.append(el('span', { class: 'type' }, ...marked(view, module.type)));
  cell.append(...badges(module));
  return cell;
}

/** @param {Module} module */
function title(module) {
  return shortened(`${printable(module.path) || module.name} (${module.type})`, 400);
}

/** A share of the whole as a shade: the root of it, or all but the largest are white.
 * @param {import('./view.js').View} view @param {Column} column @param {Module} module */
function shade(view, column, module) {
  const [value, whole] = [column.key(module), column.key(view.summary.root)];
  if (value === undefined || whole === undefined || !(Number(whole) > 0)) return 0;
  return Math.sqrt(Math.min(1, Math.max(0, Number(value) / Number(whole))));
}

/** @param {import('./view.js').View} view @param {Column} column @param {Module} module */
function valueCell(view, column, module) {
  const text = column.text(module);
  const isUnknown = text === '?';
  const kind = `${column.isNumber ? 'number' : 'text'}${isUnknown ? ' unknown' : ''}`;
  const cell = el('td', { role: 'gridcell', class: kind, title: isUnknown ? 'not known' :
    column.isNumber && text.endsWith('B') ? `${column.key(module)} bytes` :
    text.length > 18 ? shortened(text, 400) : null }, shortened(text, LONGEST));
  if (column === view.metric) {
    const share = shade(view, column, module);
    cell.classList.add('heat');
    cell.style.setProperty('--heat', `${(share * 42).toFixed(1)}%`);
  }
  return cell;
}

/** @param {Module} module */
export function rowId(module) {
  return `strata-row-${module.index}`;
}

/**
 * @param {import('./view.js').View} view
 * @param {import('./rows.js').Row} row
 * @param {number} place in the table, from 0
 */
export function makeRow(view, row, place) {
  const { module } = row;
  const element = el('tr', {
    role: 'row', id: rowId(module), 'data-index': module.index,
    'aria-level': module.depth + 1, 'aria-posinset': row.position, 'aria-setsize': row.siblings,
    'aria-rowindex': place + 2, 'aria-expanded': row.isOpen === null ? null : String(row.isOpen),
    class: module.layer.flags?.includes('not_executed') ? 'idle' : null,
  }, nameCell(view, row));
  for (const column of view.shown) element.append(valueCell(view, column, module));
  return element;
}
