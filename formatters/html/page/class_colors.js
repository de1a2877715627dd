// A colour for each of the classes that weigh most in a picture; grey for the rest.

/** @typedef {import('./summary.js').Module} Module */

const COLORS = 7;
const LEAST = 0.004;  // Of all; less is hardly seen.

/**
 * @param {Iterable<{module: Module, amount: number}>} parts
 * @returns {{colorOf: (module: Module) => string, names: string[]}} classes of the style
 *   sheet, c0 to c7, and the names of the classes that have c0, c1, …
 */
export function classColors(parts) {
  /** @type {Map<string, number>} */
  const weights = new Map();
  for (const { module, amount } of parts) {
    weights.set(module.type, (weights.get(module.type) ?? 0) + amount);
  }
  const all = [...weights.values()].reduce((a, b) => a + b, 0);
  const names = [...weights].filter(([, weight]) => weight > LEAST * all)
      .sort((a, b) => b[1] - a[1]).slice(0, COLORS).map(([name]) => name);
  const colors = new Map(names.map((name, i) => [name, `c${i}`]));
  return { names, colorOf: (module) => colors.get(module.type) ?? `c${COLORS}` };
}
