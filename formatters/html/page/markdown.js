// Rows as a Markdown table, for a pull request or a message.

import { el, say } from './dom.js';
import { shortened } from './text.js';

/** @typedef {import('./summary.js').Module} Module */

/** Text that no Markdown reader takes for markup or for the end of a cell. @param {string} text */
export function escapeMarkdown(text) {
  return text.replace(/[\\`*_{}[\]<>()#+!|~&$]/g, '\\$&');
}

/** @param {import('./view.js').View} view @param {Module[]} modules */
export function asMarkdown(view, modules) {
  const least = modules.reduce((most, module) => Math.min(most, module.depth), Infinity);
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |\n`;
  let text = line(['Module', ...view.shown.map((column) => escapeMarkdown(column.title))]);
  text += line(['---', ...view.shown.map((column) => column.isNumber ? '---:' : '---')]);
  for (const module of modules) {
    // Ordinary spaces at the beginning of a cell are lost.
    const indent = '\u2003'.repeat(Math.min(module.depth - least, 16));
    const type = module.parent ? ` (${escapeMarkdown(shortened(module.type, 200))})` : '';
    const name = indent + escapeMarkdown(shortened(module.name, 200)) + type;
    text += line([name, ...view.shown.map(
        (column) => escapeMarkdown(shortened(column.text(module), 200)))]);
  }
  return text;
}

/** What is copied: the rows that were picked, or else all that are shown.
 * @param {import('./table.js').Table} table */
function modulesToCopy(table) {
  const modules = table.rows.map((row) => row.module);
  const { selected } = table.view;
  const picked = modules.filter((module) => selected.has(module));
  return picked.length > 0 ? picked : modules;
}

/** Without leave to use the clipboard, as some viewers of files have it. @param {string} text */
function copyTheOldWay(text) {
  const field = el('textarea', { class: 'off-screen', 'aria-hidden': 'true' });
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  return done;
}

/** @param {import('./table.js').Table} table */
export async function copyRows(table) {
  const modules = modulesToCopy(table);
  const text = asMarkdown(table.view, modules);
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    done = copyTheOldWay(text);
  }
  const rows = `${modules.length} ${modules.length === 1 ? 'row' : 'rows'}`;
  say(done ? `Copied ${rows} as Markdown` : 'This viewer lets no page copy');
}

/** Ctrl+C in the table, when no text is marked. @param {import('./table.js').Table} table */
export function followCopying(table) {
  document.addEventListener('copy', (event) => {
    if (document.activeElement !== table.element || !document.getSelection()?.isCollapsed) return;
    const modules = modulesToCopy(table);
    event.clipboardData?.setData('text/plain', asMarkdown(table.view, modules));
    event.preventDefault();
    say(`Copied ${modules.length} ${modules.length === 1 ? 'row' : 'rows'} as Markdown`);
  });
}
