// Starts the page.

import { byName, el } from './dom.js';
import { showDetails } from './details.js';
import { showHeader } from './header.js';
import { followHash, showHash } from './links.js';
import { followCopying } from './markdown.js';
import { Pictures } from './pictures.js';
import { Summary, parseExactly } from './summary.js';
import { Table } from './table.js';
import { showToolbar } from './toolbar.js';
import { View } from './view.js';

function start() {
  const summary = new Summary(parseExactly(byName('summary').textContent ?? ''));
  showHeader(summary);
  if (!summary.root) {
    byName('main').replaceChildren(el('p', {}, 'The summary has no modules.'));
  } else {
    explore(summary);
  }
  document.body.dataset.ready = 'yes';
}

/** @param {Summary} summary */
function explore(summary) {
  const view = new View(summary, JSON.parse(byName('settings').textContent ?? '{}'));
  const table = new Table(view);
  showToolbar(table);
  showDetails(view);
  followCopying(table);
  new Pictures(view, (module) => {
    view.reveal(module);
    table.scrollTo(module, 'center');
  });
  followHash(view, (module) => {
    view.reveal(module);
    table.scrollTo(module, 'center');
    table.element.focus({ preventScroll: true });
  });
  view.on('active', () => showHash(view.active));
}

start();
