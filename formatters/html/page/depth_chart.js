// Cost along depth: what each module's own code adds, from the first registered to the
// last; below, which of the opened container's children they are in.

import { ownAmount } from './columns.js';
import { svg } from './dom.js';
import { isWithin } from './summary.js';
import { glance } from './text.js';
import { fitting } from './treemap.js';

/** @typedef {import('./summary.js').Module} Module */
/** @typedef {{module: Module, amount: number}} Bar */

const LEFT = 52;
const TOP = 10;
const BAND = 26;
const NARROWEST = 2;  // Pixels of a bar.

/**
 * A bar for each module that adds something; in narrow room for several in a row
 * together, as high as the highest of them, which it leads to.
 * @param {Module[]} modules @param {number} most @param {(module: Module) => number} amountOf
 * @returns {Bar[]}
 */
function makeBars(modules, most, amountOf) {
  const all = modules.map((module) => ({ module, amount: amountOf(module) }))
      .filter((bar) => bar.amount > 0);
  const together = Math.ceil(all.length / most);
  if (together <= 1) return all;
  const bars = [];
  for (let i = 0; i < all.length; i += together) {
    bars.push(all.slice(i, i + together).reduce((a, b) => b.amount > a.amount ? b : a));
  }
  return bars;
}

/** @param {SVGSVGElement} picture @param {number} width @param {number} room @param {number} highest
 * @param {(value: number) => string} format */
function drawScale(picture, width, room, highest, format) {
  for (const part of [0, 0.5, 1]) {
    const y = TOP + room * (1 - part);
    picture.append(svg('line', { class: 'rule', x1: LEFT, x2: width, y1: y, y2: y }),
                   svg('text', { class: 'scale', x: LEFT - 6, y: y + 4, 'text-anchor': 'end' },
                       format(highest * part)));
  }
}

/** @param {SVGSVGElement} picture @param {Bar[]} bars @param {Module} container
 * @param {number} step @param {number} y */
function drawBands(picture, bars, container, step, y) {
  let begin = 0;
  container.children.forEach((child) => {
    const count = bars.filter((bar) => isWithin(bar.module, child)).length;
    if (count === 0) return;
    // The container's own code comes before its children's.
    begin = bars.findIndex((bar) => isWithin(bar.module, child));
    const [x, width] = [LEFT + begin * step, count * step];
    const group = svg('g', { class: 'part band', 'data-index': child.index },
        svg('rect', { x: x + 0.5, y, width: Math.max(0.5, width - 1), height: BAND - 6, rx: 3 }));
    const text = fitting(child.name, width - 8);
    if (text) group.append(svg('text', { x: x + 4, y: y + 14 }, text));
    picture.append(group);
  });
}

/**
 * @param {import('./view.js').View} view
 * @param {SVGSVGElement} picture
 * @param {number} width
 * @param {number} height
 * @param {(module: Module) => string} colorOf
 * @returns {boolean} whether bars stand for several modules
 */
export function drawDepthChart(view, picture, width, height, colorOf) {
  const { summary, container } = view;
  const metric = /** @type {import('./columns.js').Column} */ (view.metric);
  const inside = summary.modules.filter((module) => isWithin(module, container));
  const amountOf = (/** @type {Module} */ module) => metric.isPeak
    ? Number(summary.value(module, metric.id, 'total') ?? 0) : ownAmount(summary, module, metric);
  const bars = makeBars(inside, Math.floor((width - LEFT) / NARROWEST), amountOf);
  const highest = bars.reduce((most, bar) => Math.max(most, bar.amount), 0) || 1;
  const room = height - TOP - BAND;
  const step = bars.length > 0 ? Math.min(48, (width - LEFT) / bars.length) : 0;
  drawScale(picture, width, room, highest, metric.format(1000).endsWith('B') ? metric.format : glance);
  bars.forEach(({ module, amount }, i) => {
    const high = Math.max(1, room * amount / highest);
    const gap = step > 4 ? 1 : 0;
    picture.append(svg('g', { class: `part bar ${colorOf(module)}`, 'data-index': module.index },
        // Reached by the pointer in its whole height.
        svg('rect', { class: 'reach', x: LEFT + i * step, y: TOP, width: step, height: room }),
        svg('rect', { x: LEFT + i * step, y: TOP + room - high, width: Math.max(0.5, step - gap),
                      height: high })));
  });
  drawBands(picture, bars, container, step, height - BAND + 5);
  return bars.length < inside.filter((module) => amountOf(module) > 0).length;
}
