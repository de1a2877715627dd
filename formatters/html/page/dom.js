// Elements. Text from the model only ever becomes a text node or the value of an
// attribute that runs nothing: no name can add markup.

/** @typedef {Record<string, string|number|boolean|null|undefined>} Attributes */
/** @typedef {Node|string|null|undefined} Child */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @template {Element} E
 * @param {E} element
 * @param {Attributes} attributes null, undefined and false: none; true: an empty one
 * @param {Child[]} children
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined) element.append(child);
  }
  return element;
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = /** @type {SVGElementTagNameMap[Tag]} */ (document.createElementNS(SVG, tag));
  return fill(element, attributes, children);
}

/**
 * One of the page's own elements. They are named `strata-…`, so that a link to a
 * module (#table) never finds one of them.
 * @param {string} name
 * @returns {HTMLElement}
 */
export function byName(name) {
  const found = document.getElementById(`strata-${name}`);
  if (!found) throw new Error(`the page has no #strata-${name}`);
  return found;
}

/**
 * A button that does something.
 * @param {Attributes} attributes
 * @param {Child} label
 * @param {(event: MouseEvent) => void} action
 */
export function button(attributes, label, action) {
  const made = el('button', { type: 'button', ...attributes }, label);
  made.addEventListener('click', action);
  return made;
}

/**
 * Says something to those who do not see the page change, and to all others.
 * @param {string} text
 */
export function say(text) {
  const status = byName('status');
  status.textContent = text;
  status.classList.add('shown');
  clearTimeout(Number(status.dataset.timer));
  status.dataset.timer = String(setTimeout(() => status.classList.remove('shown'), 2500));
}
