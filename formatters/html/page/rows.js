// The rows that are shown, in order.

/** @typedef {import('./summary.js').Module} Module */
/** @typedef {import('./text.js').Count} Count */

/**
 * @typedef {object} Row
 * @property {Module} module
 * @property {number} position among its siblings that are shown, from 1
 * @property {number} siblings how many those are
 * @property {boolean|null} isOpen null: it has nothing inside
 */

/** Unknown values last, whichever way.
 * @param {Count|string|undefined} a @param {Count|string|undefined} b @param {boolean} descending */
function compare(a, b, descending) {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const order = typeof a === 'string' && typeof b === 'string'
    ? a.localeCompare(b, 'en', { numeric: true }) : a < b ? -1 : a > b ? 1 : 0;
  return descending ? -order : order;
}

/** @param {import('./view.js').View} view @param {Module[]} modules */
function sorted(view, modules) {
  if (!view.sort) return modules;
  const { column, descending } = view.sort;
  const keyed = modules.map((module) => ({ module, key: column ? column.key(module) : module.name }));
  keyed.sort((a, b) => compare(a.key, b.key, descending));
  return keyed.map(({ module }) => module);
}

/** @param {import('./view.js').View} view @returns {Row[]} */
export function visibleRows(view) {
  const { filter, summary } = view;
  if (!summary.root || (filter.isOn && !filter.kept[0])) return [];
  const shownInside = (/** @type {Module} */ module) =>
    filter.isOn ? module.children.filter((child) => filter.kept[child.index]) : module.children;
  /** @type {Row[]} */
  const rows = [];
  // Those still to come, the next one last.
  const stack = [{ module: summary.root, position: 1, siblings: 1 }];
  for (let top; (top = stack.pop()) !== undefined;) {
    const inside = shownInside(top.module);
    const isOpen = inside.length === 0 ? null : view.isShownOpen(top.module);
    rows.push({ ...top, isOpen });
    if (!isOpen) continue;
    const order = sorted(view, inside);
    for (let i = order.length - 1; i >= 0; --i) {
      stack.push({ module: order[i], position: i + 1, siblings: order.length });
    }
  }
  return rows;
}
