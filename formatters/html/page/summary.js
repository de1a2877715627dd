// The summary that the page holds, as a tree. No number is computed here.

import { printable } from './text.js';

/** @typedef {import('./text.js').Count} Count */
/** @typedef {{shape?: (number|string)[], dtype?: string}} Tensor */
/** @typedef {{name?: string, shape?: (number|string)[], dtype?: string, trainable?: boolean,
 *   shared_with?: string}} Parameter */
/** One module of the summary: core/summary.proto's Layer.
 * @typedef {{id?: number, parent?: number, path?: string, name?: string, type?: string,
 *   full_type?: string, flags?: string[],
 *   calls?: {inputs?: Tensor[], outputs?: Tensor[]}[],
 *   parameters?: Parameter[], buffers?: Parameter[],
 *   attributes?: Record<string, string>,
 *   metrics?: Record<string, {self?: Count|string, total?: Count|string}>,
 *   shared_with?: string[]}} Layer */
/** @typedef {{id: string, metric?: string, title?: string, unit?: string, peak?: boolean,
 *   on_request?: boolean, real?: boolean}} MetricColumn */
/** @typedef {{from?: number, to?: number, tensors?: Tensor[], operators?: string[],
 *   output?: boolean}} Edge */

/**
 * A module in the tree. `enter` and `leave` number the walk, so that what is
 * inside what is told by two comparisons.
 * @typedef {object} Module
 * @property {number} index its place in the summary
 * @property {Layer} layer
 * @property {Module|null} parent
 * @property {Module[]} children in registration order
 * @property {number} depth
 * @property {number} enter
 * @property {number} leave
 * @property {string} path as the summary has it, "" for the root
 * @property {string} name printable; the root's is its class
 * @property {string} type printable
 */

// Integers that a JavaScript number does not hold. Strings are passed over, and so
// are real numbers, whose digits may be as many.
const LONG_INTEGER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+(?:[eE][-+]?\d+)?|[eE][-+]?\d+)|-?\d{16,}/g;

/** @param {string} text @returns {any} */
export function parseExactly(text) {
  if (!/[\s:[,]-?\d{16}/.test(text)) return JSON.parse(text);
  // As strings, which stand for integers in Protobuf's JSON too.
  return JSON.parse(text.replace(LONG_INTEGER, (found) => /["eE.]/.test(found) ? found : `"${found}"`));
}

/**
 * A count of the summary, or undefined where it is not known.
 * @param {Count|string|undefined|null} value
 * @returns {Count|undefined}
 */
export function toCount(value) {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') return value;
  if (!/^-?\d{1,20}$/.test(value)) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value);
}

export class Summary {
  /** @param {any} message the Summary message's JSON */
  constructor(message) {
    /** @type {{name?: string, source?: string, file?: string}} */
    this.model = message.model ?? {};
    /** @type {{device?: string, mode?: string, inputs?: Tensor[], incomplete?: boolean,
     *   error?: string}|undefined} */
    this.run = message.run;
    /** @type {MetricColumn[]} */
    this.columns = message.columns ?? [];
    /** @type {Record<string, Count|string>} */
    this.totals = message.totals ?? {};
    /** @type {string[]} */
    this.warnings = message.warnings ?? [];
    /** @type {Edge[]} What feeds what; empty where the summary does not say. */
    this.edges = message.edges ?? [];
    this.edgesIncomplete = message.edges_incomplete === true;
    /** @type {Module[]} */
    this.modules = [];
    /** @type {Map<string, Module>} */
    this.byPath = new Map();
    (message.layers ?? []).forEach((/** @type {Layer} */ layer) => this.#add(layer));
    this.#number();
  }

  /** @param {Layer} layer */
  #add(layer) {
    const index = this.modules.length;
    const said = layer.parent ?? -1;
    // In a file that breaks the rule the root is the parent.
    const parent = index === 0 ? null : this.modules[said >= 0 && said < index ? said : 0];
    const type = printable(layer.type);
    const path = layer.path ?? '';
    /** @type {Module} */
    const module = {
      index, layer, parent, children: [], depth: parent ? parent.depth + 1 : 0,
      enter: 0, leave: 0, path,
      name: printable(layer.name) || (parent ? '(no name)' : type || 'model'), type,
    };
    parent?.children.push(module);
    this.modules.push(module);
    if (!this.byPath.has(path)) this.byPath.set(path, module);
  }

  #number() {
    if (this.modules.length === 0) return;
    let next = 0;
    const stack = [{ module: this.modules[0], child: 0 }];
    this.modules[0].enter = next++;
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top.child < top.module.children.length) {
        const module = top.module.children[top.child++];
        module.enter = next++;
        stack.push({ module, child: 0 });
      } else {
        top.module.leave = next;
        stack.pop();
      }
    }
  }

  get root() {
    return this.modules[0];
  }

  /**
   * A metric's value of a module, or undefined where it is not known.
   * @param {Module} module
   * @param {string} column
   * @param {'self'|'total'} part
   */
  value(module, column, part) {
    const { metrics } = module.layer;
    return metrics && Object.hasOwn(metrics, column) ? toCount(metrics[column][part]) : undefined;
  }

  /** @param {string} key */
  total(key) {
    return Object.hasOwn(this.totals, key) ? toCount(this.totals[key]) : undefined;
  }
}

/** Whether `inner` is `outer` or inside it. @param {Module} inner @param {Module} outer */
export function isWithin(inner, outer) {
  return outer.enter <= inner.enter && inner.enter < outer.leave;
}

/** From the root down to the module itself. @param {Module} module */
export function lineage(module) {
  const line = [];
  /** @type {Module|null} */
  let at = module;
  for (; at; at = at.parent) line.push(at);
  return line.reverse();
}
