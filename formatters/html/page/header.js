// The top of the page: which model, how it was run, its totals, the warnings.

import { byName, el } from './dom.js';
import { bytesText, commas, expressionText, glance, printable, realText, shortened,
         tensorText } from './text.js';

/** @typedef {import('./summary.js').Summary} Summary */
/** @typedef {import('./text.js').Count} Count */

// Totals that are no column's; others have their key as a label.
const LABELS = new Map(Object.entries({
  params: 'Params', trainable_params: 'Trainable', non_trainable_params: 'Non-trainable',
  macs: 'MACs', input_bytes: 'Input', param_bytes: 'Params, size', buffer_bytes: 'Buffers',
  total_bytes: 'Input, params and buffers', activation_bytes: 'Activations, inference peak',
  saved_bytes: 'Saved for backward', gradient_bytes: 'Gradients',
  momentum_bytes: 'Optimizer, SGD momentum', adam_bytes: 'Optimizer, Adam',
  sgd_bytes: 'Optimizer, plain SGD',
  predicted_allocated_bytes: 'Device, inference, allocated',
  predicted_reserved_bytes: 'Device, inference, reserved',
  predicted_sgd_allocated_bytes: 'Device, training, SGD, allocated',
  predicted_sgd_reserved_bytes: 'Device, training, SGD, reserved',
  predicted_momentum_allocated_bytes: 'Device, training, SGD momentum, allocated',
  predicted_momentum_reserved_bytes: 'Device, training, SGD momentum, reserved',
  predicted_adam_allocated_bytes: 'Device, training, Adam, allocated',
  predicted_adam_reserved_bytes: 'Device, training, Adam, reserved',
  memory_limit_bytes: 'Memory limit', max_batch: 'Largest batch, inference',
}));
const PEAK_LAYER = 'activation_peak_layer';  // A module, not a figure.
const MOST_TILES = 5;

/** @param {Summary} summary @param {string} key */
function labelOf(summary, key) {
  const column = summary.columns.find(({ id }) => id === key);
  return LABELS.get(key) ?? shortened(printable(column?.title || key.replaceAll('_', ' ')), 80);
}

/** @param {Summary} summary @param {string} key */
function isBytes(summary, key) {
  const column = summary.columns.find(({ id }) => id === key);
  return column ? column.unit === 'bytes' : key.endsWith('_bytes');
}

/** The unit of a column of real figures, as " us" @param {Summary} summary @param {string} key */
function realUnit(summary, key) {
  const column = summary.columns.find(({ id }) => id === key);
  return column?.real ? ` ${shortened(printable(column.unit), 20)}`.trimEnd() : undefined;
}

/** @param {string} label @param {string} value @param {string} exact */
function tile(label, value, exact) {
  return el('div', { class: 'tile' }, el('dt', {}, label),
            el('dd', {}, el('span', { class: value === '?' ? 'value unknown' : 'value' }, value),
               exact === value ? null : el('span', { class: 'exact' }, exact)));
}

/** @param {Summary} summary @param {string} key */
function totalTile(summary, key) {
  const value = summary.total(key);
  if (value === undefined) return tile(labelOf(summary, key), '?', 'not known');
  const unit = realUnit(summary, key);
  if (unit !== undefined && !isBytes(summary, key)) {
    const text = realText(value) + unit;
    return tile(labelOf(summary, key), text, text);
  }
  const expression = summary.totalExpression(key);
  if (expression) {
    const here = isBytes(summary, key) ? bytesText(value) : glance(value);
    return tile(labelOf(summary, key), here, expressionText(expression, here));
  }
  return isBytes(summary, key)
    ? tile(labelOf(summary, key), bytesText(value), `${commas(value)} bytes`)
    : tile(labelOf(summary, key), glance(value), commas(value));
}

/** @param {Summary} summary @param {string[]} keys */
function otherTotals(summary, keys) {
  const list = el('dl', { class: 'pairs' });
  for (const key of keys) {
    const value = summary.total(key);
    if (value === undefined) continue;
    list.append(el('div', {}, el('dt', {}, labelOf(summary, key)),
                   el('dd', {}, isBytes(summary, key) ? bytesText(value)
                                : summary.columns.some(({ id, real }) => id === key && real)
                                  ? realText(value) + (realUnit(summary, key) ?? '')
                                  : commas(value))));
  }
  return el('details', { class: 'more' }, el('summary', {}, 'All totals'), list);
}

/** @param {Summary} summary */
function showTotals(summary) {
  const first = summary.columns.filter((column) => !column.on_request).slice(0, MOST_TILES)
      .map(({ id }) => id);
  const tiles = byName('totals');
  tiles.append(...first.map((key) => totalTile(summary, key)));
  tiles.append(tile('Modules', glance(summary.modules.length), commas(summary.modules.length)));
  const others = Object.keys(summary.totals)
      .filter((key) => !first.includes(key) && key !== PEAK_LAYER);
  if (others.length > 0) tiles.after(otherTotals(summary, others));
}

/** @param {Summary} summary */
function showWarnings(summary) {
  const place = byName('warnings');
  if (summary.run?.incomplete) {
    place.append(el('p', { class: 'failed' }, 'The run failed half way; what came after is missing. ',
                    printable(summary.run.error)));
  }
  const { warnings } = summary;
  if (warnings.length > 0) {
    const list = el('ul', {}, ...warnings.map((text) => el('li', {}, printable(text))));
    place.append(el('details', { open: warnings.length <= 3 }, el('summary', {},
                    warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`), list));
  }
  place.hidden = place.childElementCount === 0;
}

/** @param {Summary} summary */
function facts(summary) {
  const { model, run } = summary;
  const texts = [model.file && printable(model.file), model.source && printable(model.source)];
  if (run) {
    const inputs = (run.inputs ?? []).map(tensorText).join(', ');
    texts.push(inputs && `input ${inputs}`, run.device && `device ${printable(run.device)}`,
               run.mode && `${printable(run.mode)} mode`,
               run.device_name && printable(run.device_name),
               run.threads && `${run.threads} threads`);
  } else {
    texts.push('not run: structure and parameters only');
  }
  return texts.filter(Boolean).map((text) => el('li', {}, /** @type {string} */ (text)));
}

/** @param {Summary} summary */
export function showHeader(summary) {
  byName('model').textContent = printable(summary.model.name) || summary.root?.name || 'Model';
  byName('facts').append(...facts(summary));
  showTotals(summary);
  showWarnings(summary);
}
