// All that the summary knows of the module whose row is active.

import { byName, button, el } from './dom.js';
import { linkTo, moduleOfHash } from './links.js';
import { badges } from './row_view.js';
import { expressionText, printable, shapeText, shortened, tensorText } from './text.js';

/** @typedef {import('./summary.js').Module} Module */
/** @typedef {import('./view.js').View} View */

const LONGEST = 2000;
const MOST_CALLS = 4;
const MOST_TENSORS = 64;

/** @param {string} title @param {...(Node|null)} content */
function section(title, ...content) {
  return el('section', {}, el('h3', {}, title), ...content);
}

/** @param {string[]} titles @param {(string|Node)[][]} rows */
function grid(titles, rows) {
  const head = el('tr', {}, ...titles.map((title) => el('th', { scope: 'col' }, title)));
  return el('div', { class: 'scroll-x', tabindex: 0, role: 'region', 'aria-label': titles[0] },
            el('table', {}, el('thead', {}, head), el('tbody', {}, ...rows.map(
                (row) => el('tr', {}, ...row.map((cell) => el('td', {}, cell)))))));
}

/** @param {View} view @param {Module} module */
function figures(view, module) {
  const metrics = view.columns.filter((column) => column.isMetric);
  if (metrics.length === 0) return null;
  const text = (/** @type {import('./columns.js').Column} */ column,
                /** @type {'self'|'total'} */ part) => {
    const value = view.summary.value(module, column.id, part);
    if (value !== undefined) {
      return expressionText(view.summary.expression(module, column.id, part), column.format(value));
    }
    return part === 'self' && column.isPeak ? '' : '?';
  };
  return section('Figures', grid(['Metric', 'Its own', 'With all inside'], metrics.map(
      (column) => [column.title, text(column, 'self'), text(column, 'total')])));
}

/** @param {Module} module */
function calls(module) {
  const all = module.layer.calls ?? [];
  if (all.length === 0) return null;
  const lines = all.slice(0, MOST_CALLS).map((call) => el('p', { class: 'call' },
      (call.inputs ?? []).map(tensorText).join(', ') || 'nothing', el('span', {}, ' → '),
      (call.outputs ?? []).map(tensorText).join(', ') || 'nothing'));
  if (all.length > MOST_CALLS) {
    lines.push(el('p', {}, `and ${all.length - MOST_CALLS} calls more`));
  }
  return section(all.length === 1 ? 'Call' : `${all.length} calls`, ...lines);
}

/** A path, as a link where it leads to a module, or to the module of a tensor.
 * @param {View} view @param {string} path */
function linkToPath(view, path) {
  const found = view.summary.byPath.get(path) ??
      view.summary.byPath.get(path.slice(0, Math.max(0, path.lastIndexOf('.'))));
  const text = shortened(printable(path) || 'the model', 200);
  return found ? el('a', { href: linkTo(found) }, text) : text;
}

/** @param {View} view @param {string} title @param {import('./summary.js').Parameter[]} tensors
 * @param {boolean} trains */
function tensorList(view, title, tensors, trains) {
  if (tensors.length === 0) return null;
  const rows = tensors.slice(0, MOST_TENSORS).map((tensor) => {
    const note = el('span', {});
    if (trains && !tensor.trainable) note.append('frozen ');
    if (tensor.shared_with) note.append('same as ', linkToPath(view, tensor.shared_with));
    return [shortened(printable(tensor.name), 200), shapeText(tensor),
            printable(tensor.dtype), note];
  });
  const rest = tensors.length - rows.length;
  return section(title, grid(['Name', 'Shape', 'Dtype', 'Note'], rows),
                 rest > 0 ? el('p', {}, `and ${rest} more`) : null);
}

/** @param {Module} module */
function attributes(module) {
  const entries = Object.entries(module.layer.attributes ?? {});
  if (entries.length === 0) return null;
  return section('Attributes', el('dl', { class: 'pairs' }, ...entries.map(([name, value]) =>
    el('div', {}, el('dt', {}, shortened(printable(name), 200)),
       el('dd', {}, shortened(printable(value), LONGEST))))));
}

/** @param {View} view @param {Module} module */
function places(view, module) {
  const paths = module.layer.shared_with ?? [];
  if (paths.length === 0) return null;
  return section('Also held at', el('ul', {}, ...paths.map((path) =>
    el('li', {}, linkToPath(view, path)))));
}

/** @param {View} view */
function draw(view) {
  const module = view.active;
  if (!module) return;
  const { layer } = module;
  const title = shortened(printable(module.path) || module.name, LONGEST);
  const heading = el('div', { class: 'heading' }, el('h2', {}, title), el('p', { class: 'type' },
      shortened(printable(layer.full_type || layer.type), LONGEST), ...badges(module)));
  const actions = el('p', { class: 'actions' });
  if (module.children.length > 0) {
    actions.append(button({}, 'Show in the picture', () => view.openContainer(module)));
  }
  actions.append(el('a', { class: 'link', href: linkTo(module) }, 'Link to this module'));
  byName('detail').replaceChildren(heading, actions, ...[
    figures(view, module), calls(module),
    tensorList(view, 'Parameters', layer.parameters ?? [], true),
    tensorList(view, 'Buffers', layer.buffers ?? [], false),
    places(view, module), attributes(module),
  ].filter((part) => part !== null));
}

/** @param {View} view */
export function showDetails(view) {
  const panel = byName('details');
  view.on('active', () => {
    draw(view);
    panel.classList.add('asked');
  });
  byName('close-details').addEventListener('click', () => panel.classList.remove('asked'));
  draw(view);
  byName('detail').addEventListener('click', (event) => {
    const link = /** @type {Element} */ (event.target).closest('a');
    // The same address again is no change that the browser tells of.
    const module = link && moduleOfHash(link.hash, view.summary);
    if (module && link.hash === location.hash) view.reveal(module);
  });
}
