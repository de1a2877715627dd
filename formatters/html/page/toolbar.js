// What stands above the table: the filter, how far it is open, its columns.

import { byName, el } from './dom.js';
import { copyRows } from './markdown.js';

const DEEPEST_CHOICE = 12;
const LARGE = 20000;  // Modules.

/** @param {import('./view.js').View} view */
function followFilter(view) {
  const input = /** @type {HTMLInputElement} */ (byName('filter'));
  const note = byName('filter-note');
  let timer = 0;
  const apply = () => {
    clearTimeout(timer);
    timer = 0;
    view.setFilter(input.value);
    const { error, isOn, found } = view.filter;
    input.setAttribute('aria-invalid', String(error !== null));
    note.classList.toggle('error', error !== null);
    note.textContent = error ?? (isOn ? `${found} ${found === 1 ? 'module' : 'modules'}` : '');
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    // As one types; in a large model once a word is written.
    if (view.summary.modules.length < LARGE) apply();
    else timer = window.setTimeout(apply, 200);
  });
  // In front of the keys that leave the filter: they go to what it found.
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') input.value = '';
    if (timer !== 0 || event.key === 'Escape') apply();
  }, { capture: true });
  view.on('rows', () => {
    // A link that leads to what is filtered out has ended the filter.
    if (view.filter.isOn || view.filter.error !== null || input.value === '') return;
    input.value = '';
    note.textContent = '';
  });
}

/** @param {import('./view.js').View} view */
function followDepth(view) {
  const choice = /** @type {HTMLSelectElement} */ (byName('depth'));
  for (let depth = 1; depth <= Math.min(view.deepest, DEEPEST_CHOICE); ++depth) {
    choice.append(el('option', { value: depth }, `Depth ${depth}`));
  }
  choice.addEventListener('change', () => {
    if (choice.value !== '') view.openToDepth(Number(choice.value));
    choice.value = '';
  });
  byName('expand').addEventListener('click', () => view.openToDepth(view.deepest + 1));
  byName('collapse').addEventListener('click', () => view.openToDepth(1));
}

/** @param {import('./view.js').View} view */
function followColumns(view) {
  const list = byName('columns');
  for (const column of view.columns) {
    const box = el('input', { type: 'checkbox' });
    box.checked = view.shown.includes(column);
    box.addEventListener('change', () => view.showColumn(column, box.checked));
    list.append(el('label', {}, box, ' ', column.title));
  }
  const menu = /** @type {HTMLDetailsElement} */ (list.parentElement);
  document.addEventListener('click', (event) => {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    menu.open = false;
    menu.querySelector('summary')?.focus();
  });
}

/** @param {import('./table.js').Table} table */
export function showToolbar(table) {
  const { view } = table;
  followFilter(view);
  followDepth(view);
  followColumns(view);
  const copy = byName('copy');
  copy.addEventListener('click', () => copyRows(table));
  view.on('selection', () => {
    const count = view.selected.size;
    copy.textContent = count === 0 ? 'Copy as Markdown' : `Copy ${count} as Markdown`;
  });
}
