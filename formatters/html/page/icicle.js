// A flame chart: level below level, each module as wide as its part of the metric, in
// registration order. Behind its children stands, without a name, what its own code adds.

import { svg } from './dom.js';
import { fitting, hierarchy } from './treemap.js';

/** @typedef {import('./summary.js').Module} Module */

const LEVEL = 26;
const MOST_LEVELS = 24;
const SMALLEST = 1.5;

/**
 * @param {import('./view.js').View} view
 * @param {SVGSVGElement} picture
 * @param {number} width
 * @param {(module: Module) => string} colorOf
 * @returns {number} the height it takes
 */
export function drawIcicle(view, picture, width, colorOf) {
  const root = hierarchy(view);
  d3.partition().size([width, (root.height + 1) * LEVEL])(root);
  const stack = [/** @type {import('./treemap.js').Cell} */ (root)];
  let deepest = 0;
  for (let cell; (cell = stack.pop()) !== undefined;) {
    const { module, own } = cell.data;
    const wide = cell.x1 - cell.x0;
    if (wide < SMALLEST || cell.depth >= MOST_LEVELS) continue;
    deepest = Math.max(deepest, cell.depth);
    const isLeaf = own || module.children.length === 0;
    const group = svg('g', { class: `part ${isLeaf ? colorOf(module) : `container l${cell.depth % 3}`}`,
                             'data-index': module.index });
    group.append(svg('rect', { x: cell.x0 + 0.5, y: cell.y0 + 0.5, width: Math.max(0.5, wide - 1),
                               height: LEVEL - 1, rx: Math.min(3, wide / 8) }));
    const text = own ? '' : fitting(module.name, wide - 10);
    if (text) group.append(svg('text', { x: cell.x0 + 5, y: cell.y0 + 17 }, text));
    picture.append(group);
    stack.push(...(cell.children ?? []));
  }
  return (deepest + 1) * LEVEL;
}
