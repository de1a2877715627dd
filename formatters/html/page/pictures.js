// The panel of pictures: which one, of which metric, of the inside of what.

import { classColors } from './class_colors.js';
import { countUnknown, ownAmount } from './columns.js';
import { drawDepthChart } from './depth_chart.js';
import { byName, button, el, svg } from './dom.js';
import { GraphView } from './graph_view.js';
import { drawIcicle } from './icicle.js';
import { isWithin, lineage } from './summary.js';
import { commas, printable, shortened } from './text.js';
import { drawTreemap } from './treemap.js';

/** @typedef {import('./summary.js').Module} Module */
/** @typedef {'treemap'|'icicle'|'depth'|'graph'} Kind */

const KINDS = /** @type {[Kind, string][]} */ ([
  ['treemap', 'Treemap'], ['icicle', 'Flame'], ['depth', 'Depth'], ['graph', 'Graph']]);
const MOST_CRUMBS = 6;

export class Pictures {
  /** @type {Kind} */
  #kind = 'treemap';
  #width = 0;

  /** @param {import('./view.js').View} view @param {(module: Module) => void} go */
  constructor(view, go) {
    this.view = view;
    this.go = go;
    this.panel = byName('picture');
    this.tip = byName('tip');
    this.graph = new GraphView(view, go);
    if (!view.metric) this.#kind = 'graph';
    this.#makeTabs();
    this.#makeChoice();
    this.#listen();
    this.draw();
  }

  #makeTabs() {
    const tabs = byName('tabs');
    const kinds = this.view.metric ? KINDS : KINDS.slice(3);
    for (const [kind, title] of kinds) {
      tabs.append(button({ role: 'tab', id: `strata-tab-${kind}`, 'aria-controls': 'strata-picture' },
                         title, () => this.show(kind)));
    }
    tabs.addEventListener('keydown', (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (by === undefined) return;
      const at = kinds.findIndex(([kind]) => kind === this.#kind);
      this.show(kinds[(at + by + kinds.length) % kinds.length][0]);
      byName(`tab-${this.#kind}`).focus();
    });
  }

  #makeChoice() {
    const choice = /** @type {HTMLSelectElement} */ (byName('metric'));
    const metrics = this.view.columns.filter((column) => column.isMetric);
    for (const { id, title } of metrics) choice.append(el('option', { value: id }, title));
    choice.value = this.view.metric?.id ?? '';
    choice.addEventListener('change', () => {
      const metric = metrics.find(({ id }) => id === choice.value);
      if (metric) this.view.setMetric(metric);
    });
    byName('metric-choice').hidden = metrics.length === 0;
  }

  #listen() {
    const { view, panel } = this;
    view.on('metric', () => this.draw());
    view.on('container', () => this.draw());
    view.on('active', () => this.#markActive());
    new ResizeObserver(() => {
      if (this.#kind !== 'graph' && panel.clientWidth !== this.#width) this.draw();
    }).observe(panel);
    const moduleAt = (/** @type {Event} */ event) => {
      const index = /** @type {HTMLElement|null} */ (
        /** @type {Element} */ (event.target).closest('[data-index]'))?.dataset.index;
      return index === undefined ? null : view.summary.modules[Number(index)];
    };
    panel.addEventListener('click', (event) => {
      const module = moduleAt(event);
      if (module && this.#kind !== 'graph') this.go(module);
    });
    panel.addEventListener('dblclick', (event) => {
      const module = moduleAt(event);
      if (module && this.#kind !== 'graph') view.openContainer(module);
    });
    panel.addEventListener('pointermove', (event) => this.#showTip(event, moduleAt(event)));
    panel.addEventListener('pointerleave', () => { this.tip.hidden = true; });
  }

  /** @param {Kind} kind */
  show(kind) {
    this.#kind = kind;
    this.draw();
  }

  #drawCrumbs() {
    const line = lineage(this.view.container);
    const shown = line.length <= MOST_CRUMBS ? line
      : [line[0], ...line.slice(line.length - MOST_CRUMBS + 1)];
    const crumbs = shown.map((module, i) => {
      const isLast = i === shown.length - 1;
      const label = shortened(module.name, 32);
      const gap = i > 0 && module.parent !== shown[i - 1] ? '… / ' : '';
      return el('li', {}, gap, isLast ? el('span', { 'aria-current': 'true' }, label)
        : button({ class: 'link' }, label, () => this.view.openContainer(module)));
    });
    byName('crumbs').replaceChildren(...crumbs);
  }

  draw() {
    for (const tab of byName('tabs').children) {
      const isChosen = tab.id === `strata-tab-${this.#kind}`;
      tab.setAttribute('aria-selected', String(isChosen));
      tab.setAttribute('tabindex', isChosen ? '0' : '-1');
    }
    this.panel.setAttribute('aria-labelledby', `strata-tab-${this.#kind}`);
    this.#drawCrumbs();
    this.tip.hidden = true;
    this.#width = this.panel.clientWidth;
    if (this.#kind === 'graph') {
      this.panel.replaceChildren(this.graph.draw(this.#width || 600));
      this.#explain(this.graph.note, []);
    } else {
      this.#drawAmounts(this.#width || 600);
    }
    this.#markActive();
  }

  /** @param {number} width */
  #drawAmounts(width) {
    const { view } = this;
    const metric = /** @type {import('./columns.js').Column} */ (view.metric);
    const isChart = this.#kind === 'depth';
    if (metric.isPeak && !isChart) {
      this.panel.replaceChildren(el('p', { class: 'none' },
          `${metric.title} is a highest point, not a sum of parts: see it along depth.`));
      return this.#explain('', []);
    }
    const parts = view.summary.modules.filter((module) => isWithin(module, view.container))
        .map((module) => ({ module, amount: ownAmount(view.summary, module, metric) }));
    const { colorOf, names } = classColors(parts);
    let height = Math.round(Math.min(460, Math.max(260, width * 0.62)));
    const picture = svg('svg', { width, role: 'img', 'aria-label':
      `${metric.title} in ${shortened(view.container.name, 100)}; the table has the same values` });
    let together = false;
    if (this.#kind === 'treemap') drawTreemap(view, picture, width, height, colorOf);
    else if (this.#kind === 'icicle') height = drawIcicle(view, picture, width, colorOf);
    else together = drawDepthChart(view, picture, width, height, colorOf);
    picture.setAttribute('height', String(height));
    picture.setAttribute('viewBox', `0 0 ${width} ${height}`);
    if (!metric.isPeak && !parts.some(({ amount }) => amount > 0)) {
      this.panel.replaceChildren(el('p', { class: 'none' },
          `Nothing in here has ${metric.title} of its own that is known.`));
    } else {
      this.panel.replaceChildren(picture);
    }
    const unknown = countUnknown(view.summary, view.container, metric);
    this.#explain([
      unknown > 0 ? `${commas(unknown)} modules have no known value and are not drawn.` : '',
      together ? 'A bar is the highest of several modules in a row.' : '',
    ].filter(Boolean).join(' '), names);
  }

  /** @param {string} note @param {string[]} names of classes */
  #explain(note, names) {
    byName('picture-note').textContent = note;
    byName('legend').replaceChildren(...names.map((name, i) =>
      el('li', {}, el('span', { class: `swatch c${i}`, 'aria-hidden': 'true' }), shortened(name, 28))));
  }

  #markActive() {
    for (const marked of this.panel.querySelectorAll('.active')) marked.classList.remove('active');
    const { active } = this.view;
    if (!active || active === this.view.container) return;
    for (const part of this.panel.querySelectorAll(`[data-index="${active.index}"]`)) {
      part.classList.add('active');
    }
  }

  /** @param {PointerEvent} event @param {Module|null} module */
  #showTip(event, module) {
    const { tip, view } = this;
    tip.hidden = !module || event.pointerType === 'touch';
    if (!module) return;
    const lines = [el('strong', {}, shortened(printable(module.path) || module.name, 120)),
                   el('span', { class: 'type' }, shortened(module.type, 120))];
    const { metric, summary } = view;
    if (metric) {
      const own = summary.value(module, metric.id, 'self');
      const isWhole = module.children.length === 0 || metric.isPeak || own === undefined;
      lines.push(el('span', {}, `${metric.title}: ${metric.text(module)}${
        isWhole ? '' : ` (its own: ${metric.format(own)})`}`));
    }
    tip.replaceChildren(...lines);
    const { innerWidth, innerHeight } = window;
    const box = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - box.width - 8))}px`;
    tip.style.top = `${event.clientY + 18 + box.height > innerHeight
      ? event.clientY - box.height - 10 : event.clientY + 18}px`;
  }
}
