// The table's columns: what tells of the module itself, and one for each column of
// each metric that ran, whichever they are.

import { isWithin } from './summary.js';
import { bytesText, callsText, commas, percentText, printable, realText, shortened } from './text.js';

/** @typedef {import('./summary.js').Module} Module */
/** @typedef {import('./summary.js').Summary} Summary */
/** @typedef {import('./text.js').Count} Count */

/**
 * @typedef {object} Column
 * @property {string} id
 * @property {string} title
 * @property {boolean} isNumber
 * @property {boolean} isMetric
 * @property {boolean} isPeak a highest point, not a sum
 * @property {(module: Module) => string} text '?' where there is a value and it is not known
 * @property {(module: Module) => Count|string|undefined} key what is sorted by
 * @property {(value: Count) => string} format of a number
 */

const ATTRIBUTES = [['kernel_size', 'Kernel'], ['stride', 'Stride'], ['padding', 'Padding'],
                    ['dilation', 'Dilation'], ['groups', 'Groups']];

/**
 * @param {string} id @param {string} title @param {(module: Module) => string} text
 * @returns {Column}
 */
function textColumn(id, title, text) {
  return { id, title, isNumber: false, isMetric: false, isPeak: false, text, format: commas,
           key: (module) => text(module) || undefined };
}

/** @param {Summary} summary @param {import('./summary.js').MetricColumn} column @returns {Column} */
function metricColumn(summary, column) {
  const unit = shortened(printable(column.unit), 20);
  const isBytes = unit === 'bytes';
  const format = isBytes ? bytesText : column.real ? realText : commas;
  const key = (/** @type {Module} */ module) => summary.value(module, column.id, 'total');
  return {
    id: column.id,
    title: shortened(printable(column.title || column.id), 80) + (unit && !isBytes ? ` (${unit})` : ''),
    isNumber: true, isMetric: true, isPeak: column.peak === true, key, format,
    text: (module) => {
      const value = key(module);
      return value === undefined ? '?' : format(value);
    },
  };
}

/** @param {Summary} summary @returns {Column} */
function shareColumn(summary) {
  const key = (/** @type {Module} */ module) => summary.value(module, 'params', 'total');
  return {
    id: 'params_percent', title: 'Params %', isNumber: true, isMetric: false, isPeak: false, key,
    format: commas,
    text: (module) => {
      const [part, whole] = [key(module), summary.total('params')];
      if (part === undefined || whole === undefined) return '?';
      return Number(whole) === 0 ? '' : percentText(part, whole);
    },
  };
}

/**
 * What the parameters of each subtree are, by the module's index.
 * @param {Summary} summary
 */
function lookAtParameters(summary) {
  const found = summary.modules.map(({ layer }) => ({
    trains: (layer.parameters ?? []).some((p) => p.trainable),
    frozen: (layer.parameters ?? []).some((p) => !p.trainable),
    dtypes: new Set((layer.parameters ?? []).map((p) => printable(p.dtype))),
  }));
  for (let i = summary.modules.length - 1; i > 0; --i) {
    const parent = found[summary.modules[i].parent?.index ?? 0];
    parent.trains ||= found[i].trains;
    parent.frozen ||= found[i].frozen;
    found[i].dtypes.forEach((dtype) => parent.dtypes.add(dtype));
  }
  return found;
}

/** @param {Module} module @param {string} name */
function attribute({ layer: { attributes } }, name) {
  return attributes && Object.hasOwn(attributes, name) ? printable(attributes[name]) : '';
}

/** @param {Summary} summary @returns {Column[]} */
export function allColumns(summary) {
  /** @type {ReturnType<typeof lookAtParameters>|undefined} */
  let looked;
  const parameters = (/** @type {Module} */ module) =>
    (looked ??= lookAtParameters(summary))[module.index];
  const columns = [
    textColumn('input_size', 'Input shape', (module) => callsText(module.layer, 'inputs')),
    textColumn('output_size', 'Output shape', (module) => callsText(module.layer, 'outputs')),
    ...summary.columns.map((column) => metricColumn(summary, column)),
  ];
  if (columns.some((column) => column.id === 'params')) columns.push(shareColumn(summary));
  for (const [id, title] of ATTRIBUTES) {
    columns.push(textColumn(id, title,
                            (module) => attribute(module, id)));
  }
  columns.push(textColumn('trainable', 'Trainable', (module) => {
    const { trains, frozen } = parameters(module);
    return trains ? (frozen ? 'partly' : 'yes') : frozen ? 'no' : '';
  }));
  columns.push(textColumn('dtype', 'Dtype',
                          (module) => [...parameters(module).dtypes].join(', ')));
  return columns;
}

/**
 * What a module's own code adds to a metric, as an area or a length to draw; 0 where
 * it is not known. Of a column of highest points there are no parts.
 * @param {Summary} summary @param {Module} module @param {Column} column
 */
export function ownAmount(summary, module, column) {
  return Math.max(0, Number(summary.value(module, column.id, 'self') ?? 0));
}

/**
 * How many modules inside have no known part in this column.
 * @param {Summary} summary @param {Module} container @param {Column} column
 */
export function countUnknown(summary, container, column) {
  const part = column.isPeak ? 'total' : 'self';
  return summary.modules.filter((module) => isWithin(module, container) &&
      summary.value(module, column.id, part) === undefined).length;
}
