// Where a metric is: each module an area, inside the area of what holds it.

import { ownAmount } from './columns.js';
import { svg } from './dom.js';
import { shortened } from './text.js';

/** @typedef {import('./summary.js').Module} Module */
/** A node of the layout. `own`: the module's own code, beside what is inside it.
 * @typedef {{module: Module, own: boolean}} Part */
/** @typedef {{data: Part, value: number, depth: number, children?: Cell[],
 *   x0: number, y0: number, x1: number, y1: number}} Cell */

const SMALLEST = 3;      // Pixels; what is smaller is part of its container's area.
const LETTER = 6.3;      // The usual width of one.
const HEAD = 17;         // Of a container's name.

/** @param {import('./view.js').View} view @param {Part} part */
function partsInside(view, { module, own }) {
  if (own || module.children.length === 0) return null;
  const parts = module.children.map((child) => ({ module: child, own: false }));
  const metric = /** @type {import('./columns.js').Column} */ (view.metric);
  if (ownAmount(view.summary, module, metric) > 0) parts.push({ module, own: true });
  return parts;
}

/**
 * The parts of the opened container with their amounts, added up as areas are.
 * @param {import('./view.js').View} view
 */
export function hierarchy(view) {
  const metric = /** @type {import('./columns.js').Column} */ (view.metric);
  return d3.hierarchy({ module: view.container, own: false },
                      (/** @type {Part} */ part) => partsInside(view, part))
      .sum((/** @type {Part} */ { module, own }) =>
        own || module.children.length === 0 ? ownAmount(view.summary, module, metric) : 0);
}

/** @param {Cell} cell */
function hasHead(cell) {
  // The opened container is named above the picture.
  return cell.depth > 0 && cell.children !== undefined && cell.x1 - cell.x0 > 50 &&
    cell.y1 - cell.y0 > 36;
}

/** @param {string} text @param {number} width */
export function fitting(text, width) {
  const letters = Math.floor(width / LETTER);
  return letters < text.length && letters < 6 ? '' : shortened(text, letters);
}

/** @param {Cell} cell @param {string} color @param {number} step */
function drawCell(cell, color, step) {
  const { module, own } = cell.data;
  const [width, height] = [cell.x1 - cell.x0, cell.y1 - cell.y0];
  const isLeaf = !cell.children;
  const group = svg('g', { class: `part ${isLeaf ? color : `container l${step % 3}`}`,
                           'data-index': module.index });
  group.append(svg('rect', { x: cell.x0, y: cell.y0, width, height, rx: Math.min(3, width / 8) }));
  const room = fitting(own ? 'own code' : module.name, width - 10);
  if ((isLeaf ? height > 16 : hasHead(cell)) && room) {
    group.append(svg('text', { x: cell.x0 + 5, y: cell.y0 + 12.5 }, room));
  }
  return group;
}

/**
 * @param {import('./view.js').View} view
 * @param {SVGSVGElement} picture
 * @param {number} width
 * @param {number} height
 * @param {(module: Module) => string} colorOf
 */
export function drawTreemap(view, picture, width, height, colorOf) {
  const root = hierarchy(view).sort((/** @type {Cell} */ a, /** @type {Cell} */ b) => b.value - a.value);
  d3.treemap().size([width, height]).paddingInner(1)
      .paddingOuter((/** @type {Cell} */ cell) => hasHead(cell) ? 3 : 0)
      .paddingTop((/** @type {Cell} */ cell) => hasHead(cell) ? HEAD : 0)(root);
  const stack = [/** @type {Cell} */ (root)];
  for (let cell; (cell = stack.pop()) !== undefined;) {
    if (cell.x1 - cell.x0 < SMALLEST || cell.y1 - cell.y0 < SMALLEST || !cell.value) continue;
    if (cell.depth > 0 || !cell.children) {
      picture.append(drawCell(cell, colorOf(cell.data.module), cell.depth));
    }
    stack.push(...(cell.children ?? []));
  }
}
