// The inside of one container as a graph: its children, folded where they repeat, and
// what feeds what among them.

import { isWithin } from './summary.js';
import { printable, shapeText } from './text.js';

/** @typedef {import('./summary.js').Module} Module */

/** A box: one module, or several alike in a row.
 * @typedef {{key: string, modules: Module[]}} Box */
/** @typedef {{from: string, to: string, shapes: string[], operators: string[]}} Link */

/** Keys of what lies outside. */
export const INPUT = 'input';
export const OUTPUT = 'output';

/**
 * The same number for modules that are alike in all but their own name and what they
 * weigh: class, attributes, parameters, shapes, and what is inside.
 * @param {import('./summary.js').Summary} summary
 */
export function kindsOf(summary) {
  /** @type {Map<string, number>} */
  const known = new Map();
  const kinds = new Array(summary.modules.length).fill(0);
  for (let i = summary.modules.length - 1; i >= 0; --i) {
    const { layer, children } = summary.modules[i];
    const text = JSON.stringify([layer.full_type || layer.type, layer.flags, layer.attributes,
      layer.parameters?.map((p) => [p.name, p.shape, p.dtype, p.trainable]), layer.calls,
      children.map((child) => [child.name, kinds[child.index]])]);
    const kind = known.get(text) ?? known.size;
    known.set(text, kind);
    kinds[i] = kind;
  }
  return kinds;
}

/** The child of the container that the module is in, or null.
 * @param {Module} container @param {Module} module */
function childHolding(container, module) {
  if (module === container || !isWithin(module, container)) return null;
  let low = 0;
  let high = container.children.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (container.children[middle].enter <= module.enter) low = middle;
    else high = middle - 1;
  }
  return container.children[low];
}

/** @param {Map<string, Link>} links @param {Link} link */
function addLink(links, link) {
  const known = links.get(`${link.from} ${link.to}`);
  links.set(`${link.from} ${link.to}`, known ? {
    ...link, shapes: [...new Set([...known.shapes, ...link.shapes])],
    operators: [...new Set([...known.operators, ...link.operators])],
  } : link);
}

/**
 * The summary's edges, lifted to the children of the container: each pair once.
 * @param {import('./summary.js').Summary} summary
 * @param {Module} container
 * @returns {Link[]} between keys of children (their index) and INPUT and OUTPUT
 */
export function linksInside(summary, container) {
  /** @type {Map<string, Link>} */
  const links = new Map();
  for (const edge of summary.edges) {
    const [source, target] = [summary.modules[edge.from ?? 0], summary.modules[edge.to ?? 0]];
    if (!source || !target) continue;
    const [inside, reached] = [childHolding(container, source), childHolding(container, target)];
    // A tensor may reach the output past all children, through the container's own code.
    const isPast = target === container && edge.output === true;
    if ((!inside && !reached && !isPast) || (inside && inside === reached)) continue;
    addLink(links, {
      from: inside ? String(inside.index) : INPUT, to: reached ? String(reached.index) : OUTPUT,
      shapes: (edge.tensors ?? []).map(shapeText), operators: (edge.operators ?? []).map(printable),
    });
  }
  return [...links.values()];
}

/** Whom each child hears from and speaks to, as texts to compare. @param {Link[]} links */
function neighbours(links) {
  /** @type {Map<string, {before: Set<string>, after: Set<string>}>} */
  const found = new Map();
  const of = (/** @type {string} */ key) => {
    const known = found.get(key) ?? { before: new Set(), after: new Set() };
    found.set(key, known);
    return known;
  };
  for (const { from, to } of links) {
    of(from).after.add(to);
    of(to).before.add(from);
  }
  return { of, text: (/** @type {Set<string>} */ set) => [...set].sort().join(' ') };
}

/**
 * @param {Module} container
 * @param {number[]} kinds
 * @param {Link[]} links empty: no data flow is known
 * @param {Set<Module>} opened first modules of repeats that are not to be folded
 * @returns {Box[]}
 */
export function makeBoxes(container, kinds, links, opened) {
  const { of, text } = neighbours(links);
  // One behind the other, or side by side: anything else would make a knot of a fold.
  const follows = (/** @type {Module} */ a, /** @type {Module} */ b) => {
    if (kinds[a.index] !== kinds[b.index]) return false;
    if (links.length === 0) return true;
    const [first, second] = [of(String(a.index)), of(String(b.index))];
    return first.after.has(String(b.index)) ||
      (text(first.before) === text(second.before) && text(first.after) === text(second.after));
  };
  /** @type {Module[][]} */
  const runs = [];
  for (const child of container.children) {
    const last = runs[runs.length - 1];
    if (last && follows(last[last.length - 1], child)) last.push(child);
    else runs.push([child]);
  }
  return runs.flatMap((run) => opened.has(run[0]) ? run.map((module) => [module]) : [run])
      .map((modules) => ({ key: String(modules[0].index), modules }));
}

/** The links between boxes. @param {Box[]} boxes @param {Link[]} links @returns {Link[]} */
export function linksBetween(boxes, links) {
  /** @type {Map<string, string>} */
  const boxOf = new Map([[INPUT, INPUT], [OUTPUT, OUTPUT]]);
  for (const { key, modules } of boxes) {
    for (const module of modules) boxOf.set(String(module.index), key);
  }
  /** @type {Map<string, Link>} */
  const merged = new Map();
  for (const link of links) {
    const [from, to] = [boxOf.get(link.from), boxOf.get(link.to)];
    if (from === undefined || to === undefined || from === to) continue;
    addLink(merged, { ...link, from, to });
  }
  return [...merged.values()];
}
