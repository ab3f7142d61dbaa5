// What some units do while they read a text: a map a unit, a column a token, a row a gate or state.

import {make} from './dom.js';
import {asked} from './server.js';

const LEVELS = 10;
const CELL = 13;

export class Gates {
  constructor(path) {
    this.path = path;
    this.sample = '';
    this.text = make('textarea', {id: 'gates-text', rows: 2, maxlength: 4000, spellcheck: 'false',
      placeholder: 'empty: the newest sample'});
    this.layer = make('input', {id: 'gates-layer', type: 'number', min: 0, size: 4, placeholder: 'any'});
    this.units = make('input', {id: 'gates-units', type: 'text', size: 14, placeholder: 'the most telling'});
    this.trouble = make('p', {class: 'trouble', role: 'alert'});
    this.reading = make('p', {class: 'hint'});
    this.result = make('div');
    const form = make('form', {submit: event => { event.preventDefault(); this.ask(); }},
      make('label', {for: 'gates-text'}, 'A text for it to read'), this.text,
      make('div', {class: 'row'},
        make('label', {}, 'Layer ', this.layer), make('label', {}, 'Units ', this.units),
        make('button', {}, 'Show the gates')));
    this.element = make('section', {class: 'card wide', hidden: true},
      make('h3', {}, 'What its units do'), form, this.trouble, this.reading, this.result);
  }

  allow(can) {
    this.element.hidden = !can;
  }

  async ask() {
    this.trouble.textContent = '';
    const request = {text: this.text.value || this.sample};
    if (this.layer.value !== '') request.layer = Number(this.layer.value);
    const units = this.units.value.split(/[,;\s]+/).filter(Boolean).map(Number);
    if (units.length) request.units = units;
    if (!request.text) {
      this.trouble.textContent = 'Give a text; there is no sample yet.';
      return;
    }
    try {
      this.show(await asked(`${this.path}/gates`, request));
    } catch (failure) {
      this.trouble.textContent = failure.message;
    }
  }

  show(answer) {
    this.reading.textContent = `${answer.cell} Gates go from 0 (plain) to 1 (blue), the rest from −1 (orange) to 1.`
      + ' Behind the text lies what the unit remembers. Arrow keys step through the values.';
    this.result.replaceChildren(...answer.units.map(unit => new UnitMap(unit, answer).element));
  }
}

class UnitMap {
  constructor(unit, {tokens, memory}) {
    this.tokens = tokens;
    this.name = `Layer ${unit.layer}, unit ${unit.unit}`;
    this.readout = make('p', {class: 'readout'});
    this.lines = make('div', {
      class: 'lines', tabindex: 0, role: 'group', 'aria-label': `${this.name} over ${tokens.length} tokens`,
      keydown: event => this.key(event), focus: () => this.point(this.at ?? [0, 0], true),
      mouseover: event => this.over(event), click: event => this.over(event),
    });
    this.element = make('section', {class: 'unit'},
      make('h3', {}, `${this.name} `, make('span', {class: 'hint'}, unit.follows)), this.lines, this.readout);
    this.width = 0;
    new ResizeObserver(() => this.draw()).observe(this.element);
    this.rows = [['text', unit.signals[memory].values], ...unit.signals.map(signal => [signal.name, signal.values])];
  }

  draw() {
    const width = this.element.getBoundingClientRect().width;
    if (width === this.width) return;
    this.width = width;
    const widest = Math.max(1, ...this.tokens.map(token => Math.min(8, token.length)));
    const room = width - (innerWidth < 640 ? 84 : 132);
    const perLine = Math.max(8, Math.floor(room / Math.max(CELL, widest * 8.5)));
    const tables = [];
    this.cells = this.rows.map(() => []);
    for (let from = 0; from < this.tokens.length; from += perLine) tables.push(this.table(from, perLine, room));
    this.lines.replaceChildren(...tables);
  }

  table(from, perLine, room) {
    const table = make('table', {'aria-hidden': 'true'});
    const to = Math.min(this.tokens.length, from + perLine);
    const width = `${Math.floor(room / perLine)}px`;
    this.rows.forEach(([label, values], row) => {
      const line = make('tr', {}, make('th', {scope: 'row'}, label));
      for (let place = from; place < to; place++) {
        const cell = make('td', {class: colour(values, place)}, row === 0 ? this.tokens[place] : '');
        cell.style.width = width;
        cell.place = [row, place];
        this.cells[row].push(cell);
        line.append(cell);
      }
      table.append(line);
    });
    return table;
  }

  over(event) {
    if (event.target.place) this.point(event.target.place, false);
  }

  key(event) {
    const [down, right] = {ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1],
      Home: [0, -1e6], End: [0, 1e6]}[event.key] ?? [0, 0];
    if (!down && !right) return;
    event.preventDefault();
    const [row, place] = this.at ?? [0, 0];
    const within = (value, count) => Math.max(0, Math.min(count - 1, value));
    this.point([within(row + down, this.rows.length), within(place + right, this.tokens.length)], true);
  }

  point([row, place], byKeys) {
    this.lines.querySelector('.here')?.classList.remove('here');
    this.at = [row, place];
    const cell = this.cells?.[row]?.[place];
    if (!cell) return;
    cell.classList.add('here');
    if (byKeys) cell.scrollIntoView({block: 'nearest', inline: 'nearest'});
    const [label, values] = this.rows[row];
    this.readout.setAttribute('aria-live', byKeys ? 'polite' : 'off');
    this.readout.textContent = `“${this.tokens[place]}” (token ${place + 1}) · `
      + `${row === 0 ? 'what the unit remembers' : label}: ${values[place].toFixed(2)}`;
  }
}

/** What has no bound is as dark at its largest as a bounded 1. */
function colour(values, place) {
  const largest = Math.max(1, ...(values.largest ??= [Math.max(...values.map(Math.abs))]));
  const level = Math.round(LEVELS * values[place] / largest);
  return level < 0 ? `n${-level}` : `p${level}`;
}
