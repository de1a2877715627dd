// Which modules the reader looks for: by path, class, or /regular expression/.

import { printable } from './text.js';

/** @typedef {import('./summary.js').Module} Module */

/**
 * @typedef {object} Filter
 * @property {boolean} isOn
 * @property {string|null} error why the expression is none
 * @property {number} found how many match
 * @property {Uint8Array} matches by the module's index
 * @property {Uint8Array} kept those that match, and what they are inside of
 * @property {Set<Module>} closed what the reader closed while it is on
 * @property {(text: string) => [number, number]|null} place where it matches in a text
 */

/** @param {string} text @returns {{place: Filter['place'], error: string|null}} */
function parse(text) {
  const slashed = /^\/(.*)\/([a-z]*)$/.exec(text);
  if (!slashed) {
    const wanted = text.toLowerCase();
    return { error: null, place: (where) => {
      const at = where.toLowerCase().indexOf(wanted);
      return at < 0 ? null : [at, at + wanted.length];
    } };
  }
  try {
    const expression = new RegExp(slashed[1], slashed[2].replace(/[gy]/g, ''));
    return { error: null, place: (where) => {
      const match = expression.exec(where);
      return match && [match.index, match.index + match[0].length];
    } };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error), place: () => null };
  }
}

/**
 * @param {string} text
 * @param {import('./summary.js').Summary} summary
 * @returns {Filter}
 */
export function makeFilter(text, summary) {
  const wanted = text.trim();
  const { place, error } = parse(wanted);
  const size = summary.modules.length;
  /** @type {Filter} */
  const filter = { isOn: wanted !== '' && !error, error, found: 0, matches: new Uint8Array(size),
                   kept: new Uint8Array(size), closed: new Set(), place };
  if (!filter.isOn) return filter;
  for (const { index, path, type, layer } of summary.modules) {
    if (!place(printable(path)) && !place(type) && !place(printable(layer.full_type))) continue;
    filter.matches[index] = filter.kept[index] = 1;
    ++filter.found;
  }
  // What is inside stands behind: one pass from the end.
  for (let i = size - 1; i > 0; --i) {
    const parent = summary.modules[i].parent;
    if (filter.kept[i] && parent) filter.kept[parent.index] = 1;
  }
  return filter;
}
