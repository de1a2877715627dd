// Values as text, as the other formatters write them.

/** A count: beyond 2^53 a bigint, exact to the last digit.
 * @typedef {number|bigint} Count */

// As core/printable.h: what could turn the direction of a line or hide in it.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/gu;
const PLAIN = /^[ -~]*$/;

/** @param {unknown} text */
export function printable(text) {
  const plain = String(text ?? '');
  return PLAIN.test(plain) ? plain : plain.replace(UNPRINTABLE, '\ufffd');
}

/**
 * The text, cut in its middle where it is longer than `most`.
 * @param {string} text
 * @param {number} most
 */
export function shortened(text, most) {
  if (text.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (most - 1 - head))}`;
}

/** "1,234,567" @param {Count} value */
export function commas(value) {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "27.13": four digits that count, and all before the point @param {Count} value */
export function realText(value) {
  const number = Number(value);
  const size = Math.abs(number);
  if (size === 0) return '0';
  if (size >= 1e15 || size < 1e-5) return number.toExponential(3);
  if (size >= 999.95) return commas(Math.round(number));
  return number.toFixed(3 - Math.floor(Math.log10(size)));
}

/** "978.07 kB": powers of 1000 @param {Count} value */
export function bytesText(value) {
  if (value < 0) return `-${bytesText(-value)}`;
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  let number = Number(value);
  if (number < 1000) return `${number} B`;
  let unit = 0;
  while (number >= 999.995 && unit + 1 < units.length) {
    number /= 1000;
    ++unit;
  }
  return `${number.toFixed(2)} ${units[unit]}`;
}

/** "25.6 M": three digits, for a glance @param {Count} value */
export function glance(value) {
  const units = ['', ' K', ' M', ' G', ' T', ' P', ' E'];
  let number = Number(value);
  let unit = 0;
  while (Math.abs(number) >= 999.5 && unit + 1 < units.length) {
    number /= 1000;
    ++unit;
  }
  return unit === 0 ? String(number) : `${number.toPrecision(3)}${units[unit]}`;
}

/** "12.34%" @param {Count} part @param {Count} whole */
export function percentText(part, whole) {
  return `${(100 * Number(part) / Number(whole)).toFixed(2)}%`;
}

/** "[1, 64, 56, 56]" @param {{shape?: (number|string)[]}} tensor */
export function shapeText(tensor) {
  return `[${(tensor.shape ?? []).join(', ')}]`;
}

/** "[1, 3, 224, 224] float32" @param {{shape?: (number|string)[], dtype?: string}} tensor */
export function tensorText(tensor) {
  return `${shapeText(tensor)} ${printable(tensor.dtype)}`.trim();
}

/**
 * The shapes of a module's calls: where they differ, each form once, with how often.
 * @param {import('./summary.js').Layer} layer
 * @param {'inputs'|'outputs'} side
 */
export function callsText(layer, side) {
  const calls = layer.calls ?? [];
  if (calls.length === 0) return '';
  /** @type {Map<string, number>} */
  const forms = new Map();
  for (const call of calls) {
    const text = (call[side] ?? []).map(shapeText).join(', ');
    forms.set(text, (forms.get(text) ?? 0) + 1);
  }
  if (forms.size === 1) return [...forms.keys()][0];
  const most = 4;
  const parts = [...forms].slice(0, most).map(
      ([text, count]) => (text || 'none') + (count > 1 ? ` ×${count}` : ''));
  if (forms.size > most) parts.push(`… +${forms.size - most} more`);
  return parts.join('; ');
}
