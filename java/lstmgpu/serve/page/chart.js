// A chart of lines as SVG, read by pointer and by keys.

import {make, number} from './dom.js';

const LEFT = 52, RIGHT = 12, TOP = 10, BOTTOM = 24;

/** Places for about so many lines between two values. */
function ticks(low, high, count) {
  const raw = (high - low) / count || 1;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find(factor => factor * size >= raw) * size;
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    found.push(Number((i * step).toPrecision(12)));
  }
  return found;
}

function short(value) {
  const size = Math.abs(value);
  return size >= 1e6 ? `${number(value / 1e6)}M` : size >= 1e4 ? `${number(value / 1e3)}k` : number(value);
}

/** The least and the largest value with a little room; from 0 where that is near. */
function extent(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return [0, 1];
  const low = sorted[0], high = sorted[sorted.length - 1];
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  return [low >= 0 && low < (high - low) / 4 ? 0 : low - room, high + room];
}

/**
 * A figure. lines: [{name, points: [[x, y], ...], dots}]; bands: [{name, points: [[x, low, high], ...]}].
 * options: label of x as text(x), the height.
 */
export class Chart {
  constructor(title, {height = 150, text = value => `step ${Math.round(value).toLocaleString('en')}`} = {}) {
    this.title = title;
    this.height = height;
    this.text = text;
    this.lines = [];
    this.bands = [];
    this.xs = [];
    this.caption = make('figcaption', {}, title);
    this.readout = make('p', {class: 'readout'});
    this.svg = make('svg', {
      tabindex: 0, role: 'img', height,
      mousemove: event => this.point(event), mouseleave: () => this.read(null),
      focus: () => this.svg.matches(':focus-visible') && this.read(this.xs.length - 1, true),
      blur: () => this.read(null),
      keydown: event => this.key(event),
    });
    this.element = make('figure', {}, this.caption, this.svg, this.readout);
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  show(lines, bands = []) {
    this.lines = lines;
    this.bands = bands;
    this.xs = [...new Set(lines.flatMap(line => line.points.map(([x]) => x)))].sort((a, b) => a - b);
    const last = lines.filter(line => line.points.length)
      .map(line => `${line.name} ${number(line.points[line.points.length - 1][1])}`);
    this.svg.setAttribute('aria-label', `${this.title}: ${last.join(', ') || 'nothing yet'}`);
    const keys = lines.length > 1 ? lines.map((line, i) => make('span', {class: `key line-${i}`}, line.name)) : [];
    this.caption.replaceChildren(this.title, ...keys);
    this.draw();
    this.read(null);
  }

  draw() {
    const width = Math.round(this.svg.getBoundingClientRect().width);
    if (!width) return;
    const all = this.lines.flatMap(line => line.points);
    const [x0, x1] = [Math.min(...this.xs), Math.max(...this.xs)];
    const edges = this.bands.flatMap(band => band.points.flatMap(([, low, high]) => [low, high]));
    const [y0, y1] = extent([...all.map(([, y]) => y), ...edges]);
    this.x = value => LEFT + (x1 > x0 ? (value - x0) / (x1 - x0) : 0.5) * (width - LEFT - RIGHT);
    this.y = value => TOP + (1 - (value - y0) / (y1 - y0)) * (this.height - TOP - BOTTOM);
    const parts = [];
    for (const tick of ticks(y0, y1, this.height / 50)) {
      const y = this.y(tick);
      if (y < TOP - 1 || y > this.height - BOTTOM + 1) continue;
      parts.push(make('line', {class: 'grid', x1: LEFT, x2: width - RIGHT, y1: y, y2: y}));
      parts.push(make('text', {x: LEFT - 6, y: y + 4, 'text-anchor': 'end'}, short(tick)));
    }
    if (all.length) parts.push(...this.below(x0, x1, width));
    const narrowest = this.bands.length - 1;
    this.bands.forEach((band, i) => {
      parts.push(make('path', {class: `band-${narrowest - i}`, d: this.area(band.points)}));
    });
    this.lines.forEach((line, i) => parts.push(...this.line(line, i)));
    this.svg.setAttribute('viewBox', `0 0 ${width} ${this.height}`);
    this.svg.replaceChildren(...parts);
  }

  below(x0, x1, width) {
    const y = this.height - BOTTOM;
    return [
      make('line', {class: 'axis', x1: LEFT, x2: width - RIGHT, y1: y, y2: y}),
      make('text', {x: LEFT, y: y + 17}, this.text(x0)),
      x1 > x0 ? make('text', {x: width - RIGHT, y: y + 17, 'text-anchor': 'end'}, this.text(x1)) : null,
    ].filter(Boolean);
  }

  area(points) {
    const up = points.map(([x, , high]) => `${this.x(x)},${this.y(high)}`);
    const down = points.map(([x, low]) => `${this.x(x)},${this.y(low)}`).reverse();
    return `M${[...up, ...down].join('L')}Z`;
  }

  line(line, i) {
    const points = line.points.filter(([, y]) => Number.isFinite(y));
    const places = points.map(([x, y]) => `${this.x(x).toFixed(1)},${this.y(y).toFixed(1)}`).join(' ');
    const dots = line.dots && points.length < 60 || points.length === 1 ? points : [];
    return [
      make('polyline', {class: `line line-${i}`, points: places}),
      ...dots.map(([x, y]) => make('circle', {class: `dot line-${i}`, cx: this.x(x), cy: this.y(y), r: 2.5})),
    ];
  }

  point(event) {
    if (!this.xs.length) return;
    const box = this.svg.getBoundingClientRect();
    const left = event.clientX - box.left;
    let best = 0;
    const far = i => Math.abs(this.x(this.xs[i]) - left);
    this.xs.forEach((_, i) => { if (far(i) < far(best)) best = i; });
    this.read(best);
  }

  key(event) {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    const ends = {Home: 0, End: this.xs.length - 1};
    const place = step ? (this.at ?? 0) + step : ends[event.key] ?? -1;
    if (!step && place < 0 || !this.xs.length) return;
    event.preventDefault();
    this.read(Math.max(0, Math.min(this.xs.length - 1, place)), true);
  }

  /** Tells the values at a place; null for none. */
  read(place, byKeys = false) {
    this.at = place;
    this.svg.querySelector('.cross')?.remove();
    this.readout.setAttribute('aria-live', byKeys ? 'polite' : 'off');
    if (place === null || !this.xs.length) {
      this.readout.textContent = this.note ?? '';
      return;
    }
    const x = this.xs[place];
    const at = points => points.find(([own]) => own === x);
    const told = this.lines.filter(line => Number.isFinite(at(line.points)?.[1]))
      .map(line => `${line.name} ${number(at(line.points)[1])}`);
    const within = this.bands.filter(band => at(band.points)).map(band => {
      const [, low, high] = at(band.points);
      return `${band.name} ${number(low)} to ${number(high)}`;
    });
    this.readout.textContent = [this.text(x), ...told, ...within].join(' · ');
    this.svg.append(make('line', {
      class: 'cross', x1: this.x(x), x2: this.x(x), y1: TOP, y2: this.height - BOTTOM,
    }));
  }
}
