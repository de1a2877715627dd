// Draws the inside of the opened container as a graph. It is laid out when it is
// asked for, one container at a time.

import { el, svg } from './dom.js';
import { INPUT, OUTPUT, kindsOf, linksBetween, linksInside, makeBoxes } from './graph_model.js';
import { callsText, commas, shortened } from './text.js';
import { fitting } from './treemap.js';

/** @typedef {import('./summary.js').Module} Module */
/** @typedef {import('./graph_model.js').Box} Box */
/** @typedef {import('./graph_model.js').Link} Link */
/** @typedef {{x: number, y: number}} Point */

const MOST_BOXES = 250;  // Above this the layout takes seconds.
const WIDTH = 188;
const LINE = 15;
const SMALLEST_SCALE = 0.65;

export class GraphView {
  /** @type {number[]|undefined} */
  #kinds;
  /** @type {Set<Module>} */
  #opened = new Set();
  note = '';

  /** @param {import('./view.js').View} view @param {(module: Module) => void} go */
  constructor(view, go) {
    this.view = view;
    this.go = go;
  }

  /** @param {number} room the width that there is @returns {Element} */
  draw(room) {
    const { summary, container } = this.view;
    this.note = '';
    if (container.children.length === 0) {
      return el('p', { class: 'none' }, 'This module has no modules inside.');
    }
    this.#kinds ??= kindsOf(summary);
    const inside = linksInside(summary, container);
    const knowsFlow = inside.length > 0;
    const all = makeBoxes(container, this.#kinds, inside, this.#opened);
    const boxes = all.slice(0, MOST_BOXES);
    const links = knowsFlow ? linksBetween(boxes, inside) : inOrder(boxes);
    const notes = [];
    if (!knowsFlow) {
      notes.push('The summary does not say what feeds what in here: the modules are in the ' +
                 'order in which they are registered.');
    } else if (summary.edgesIncomplete) {
      notes.push('There is more data flow than the summary says.');
    }
    if (all.length > boxes.length) {
      notes.push(`${commas(all.length - boxes.length)} more modules are not drawn.`);
    }
    this.note = notes.join(' ');
    return this.#layOut(boxes, links, knowsFlow, room);
  }

  /** @param {Box} box */
  #lines(box) {
    const { metric } = this.view;
    const [first] = box.modules;
    const shape = callsText(first.layer, 'outputs');
    const last = box.modules[box.modules.length - 1];
    const name = box.modules.length === 1 ? first.name : `${first.name} … ${last.name}`;
    const value = metric && box.modules.length === 1
      ? `${metric.title} ${metric.text(first)}` : metric && `${metric.title} ${metric.text(first)} each`;
    return [name, first.type, shape, value ?? ''].filter(Boolean);
  }

  /** @param {Box[]} boxes @param {Link[]} links @param {boolean} knowsFlow @param {number} room */
  #layOut(boxes, links, knowsFlow, room) {
    const graph = new dagre.graphlib.Graph();
    graph.setGraph({ rankdir: 'TB', nodesep: 22, ranksep: 26, marginx: 10, marginy: 10 });
    graph.setDefaultEdgeLabel(() => ({}));
    for (const end of [INPUT, OUTPUT]) {
      if (links.some(({ from, to }) => from === end || to === end)) {
        graph.setNode(end, { width: 76, height: 24 });
      }
    }
    for (const box of boxes) {
      graph.setNode(box.key, { width: WIDTH, height: this.#lines(box).length * LINE + 12 });
    }
    for (const link of links) {
      const label = linkLabel(link);
      const room = label ? { width: label.length * 6 + 8, height: 16, labelpos: 'c' } : {};
      graph.setEdge(link.from, link.to, room);
    }
    dagre.layout(graph);
    const { width, height } = graph.graph();
    // A wide one is made smaller while it can be read, and scrolls from there.
    const scale = Math.min(1, Math.max(SMALLEST_SCALE, (room - 4) / width));
    const picture = svg('svg', { width: width * scale, height: height * scale, class: 'graph',
                                 viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': 'Module graph' });
    picture.append(arrowHead());
    for (const link of links) {
      const place = graph.edge(link.from, link.to);
      picture.append(drawLink(place.points, link, knowsFlow));
      const label = linkLabel(link);
      if (label) {
        picture.append(svg('text', { class: 'on-link', x: place.x, y: place.y + 4,
                                     'text-anchor': 'middle' }, label));
      }
    }
    for (const end of [INPUT, OUTPUT]) {
      if (graph.hasNode(end)) picture.append(drawEnd(graph.node(end), end));
    }
    boxes.forEach((box, i) => picture.append(this.#drawBox(graph.node(box.key), box, i === 0)));
    picture.addEventListener('keydown', (event) => this.#onKey(event, picture));
    return el('div', { class: 'graph-scroll' }, picture);
  }

  /** @param {{x: number, y: number, width: number, height: number}} place @param {Box} box
   * @param {boolean} isFirst */
  #drawBox(place, box, isFirst) {
    const [module] = box.modules;
    const isContainer = module.children.length > 0;
    const repeats = box.modules.length;
    const lines = this.#lines(box);
    const idle = module.layer.flags?.includes('not_executed') ? ' idle' : '';
    const [left, top] = [place.x - place.width / 2, place.y - place.height / 2];
    const group = svg('g', {
      class: `box${isContainer ? ' holds' : ''}${repeats > 1 ? ' repeats' : ''}${idle}`,
      'data-index': module.index, role: 'button', tabindex: isFirst ? 0 : -1,
    });
    if (repeats > 1) {
      group.append(svg('rect', { class: 'behind', x: left + 4, y: top + 4, width: place.width,
                                 height: place.height, rx: 6 }));
    }
    group.append(svg('rect', { x: left, y: top, width: place.width, height: place.height, rx: 6 }));
    // The spaces are for those who hear the box.
    lines.forEach((line, i) => group.append(svg('text', {
      x: left + 10, y: top + 17 + i * LINE, class: i === 0 ? 'title' : 'line',
    }, fitting(line, place.width - 16 - (i === 0 ? 36 : 0))), ' '));
    const mark = repeats > 1 ? `×${commas(repeats)}` : isContainer ? 'open' : '';
    if (mark) {
      group.append(svg('text', { class: 'mark', x: left + place.width - 9, y: top + 17,
                                 'text-anchor': 'end' }, mark));
    }
    group.addEventListener('click', () => this.go(module));
    group.addEventListener('dblclick', () => this.#open(box));
    group.querySelector('.mark')?.addEventListener('click', (event) => {
      event.stopPropagation();
      this.#open(box);
    });
    return group;
  }

  /** A repeat becomes its modules, a container is gone into. @param {Box} box */
  #open(box) {
    const [module] = box.modules;
    if (box.modules.length > 1) {
      this.#opened.add(module);
      this.view.openContainer(this.view.container);
    } else if (module.children.length > 0) {
      this.view.openContainer(module);
    }
  }

  /** @param {KeyboardEvent} event @param {SVGSVGElement} picture */
  #onKey(event, picture) {
    const boxes = /** @type {SVGGElement[]} */ ([...picture.querySelectorAll('.box')]);
    const at = boxes.indexOf(/** @type {SVGGElement} */ (event.target));
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1,
                 Home: 0, End: boxes.length - 1 }[event.key];
    if (to !== undefined) {
      const next = boxes[Math.max(0, Math.min(boxes.length - 1, to))];
      boxes[at]?.setAttribute('tabindex', '-1');
      next.setAttribute('tabindex', '0');
      next.focus();
    } else if (event.key === 'Enter') {
      boxes[at]?.dispatchEvent(new MouseEvent('dblclick'));
    } else if (event.key === ' ') {
      boxes[at]?.dispatchEvent(new MouseEvent('click'));
    } else {
      return;
    }
    event.preventDefault();
  }
}

/** Plain lines from one to the next. @param {Box[]} boxes @returns {Link[]} */
function inOrder(boxes) {
  return boxes.slice(1).map((box, i) => ({ from: boxes[i].key, to: box.key, shapes: [], operators: [] }));
}

/** What is done on the way: "add". @param {Link} link */
function linkLabel(link) {
  return shortened(link.operators.join(', '), 26);
}

function arrowHead() {
  return svg('defs', {}, svg('marker', {
    id: 'strata-arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7,
    orient: 'auto',
  }, svg('path', { d: 'M0,0.5 L7.5,4 L0,7.5 z', class: 'arrow-head' })));
}

/** @param {Point[]} points @param {Link} link @param {boolean} hasArrow */
function drawLink(points, link, hasArrow) {
  const [first, ...rest] = points;
  let d = `M${first.x},${first.y}`;
  // Through the middles of the pieces: a curve without corners.
  rest.forEach((point, i) => {
    const next = rest[i + 1];
    d += next ? ` Q${point.x},${point.y} ${(point.x + next.x) / 2},${(point.y + next.y) / 2}`
      : ` L${point.x},${point.y}`;
  });
  const line = svg('path', { d, class: 'link', 'marker-end': hasArrow ? 'url(#strata-arrow)' : null });
  if (link.shapes.length > 0) {
    const most = 4;
    const more = link.shapes.length > most ? `; ${link.shapes.length - most} more` : '';
    line.append(svg('title', {}, link.shapes.slice(0, most).join('; ') + more));
  }
  return line;
}

/** @param {{x: number, y: number, width: number, height: number}} place @param {string} text */
function drawEnd(place, text) {
  return svg('g', { class: 'end' },
             svg('rect', { x: place.x - place.width / 2, y: place.y - place.height / 2,
                           width: place.width, height: place.height, rx: place.height / 2 }),
             svg('text', { x: place.x, y: place.y + 4, 'text-anchor': 'middle' }, text));
}
