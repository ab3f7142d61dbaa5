// What follows a series: a chart with bands, and a table.

import {Chart} from './chart.js';
import {rows} from './csv.js';
import {$, make, number} from './dom.js';
import {asked} from './server.js';

const HISTORY = 100;
const MOST_SERIES = 8;

function levels() {
  const given = $('levels').value.split(/[,;\s]+/).filter(Boolean).map(Number);
  if (given.some(level => !(level > 0 && level < 100))) {
    throw new Error('Bands are numbers between 0 and 100, such as 80, 95.');
  }
  return given;
}

function bySeries(answer) {
  const series = new Map();
  const of = point => {
    const name = point.series ?? '';
    if (!series.has(name)) series.set(name, {past: [], next: []});
    return series.get(name);
  };
  (answer.history ?? []).forEach(point => of(point).past.push(point));
  answer.data.forEach(point => of(point).next.push(point));
  return series;
}

function chart(name, {past, next}) {
  const times = [...past, ...next].map(point => point.time);
  const figure = new Chart(name || 'Forecast', {height: 260, text: place => times[Math.round(place)] ?? ''});
  const from = past.length;
  const joined = from && past[from - 1].value !== null ? [[from - 1, past[from - 1].value]] : [];
  const bands = Object.keys(next[0].lower).map(Number).sort((a, b) => b - a).map(level => ({
    name: `${level} %`, points: next.map((point, i) => [from + i, point.lower[level], point.upper[level]]),
  }));
  requestAnimationFrame(() => {
    figure.show([
      {name: 'observed', points: past.map((point, i) => [i, point.value])},
      {name: 'forecast', points: [...joined, ...next.map((point, i) => [from + i, point.forecast])]},
    ], bands); // the widest first, so that the others lie on it
  });
  return figure.element;
}

function table(answer) {
  const names = Object.keys(answer.data[0]?.lower ?? {});
  const isNamed = answer.data.some(point => point.series !== undefined);
  const bands = names.flatMap(level => [`${level} % from`, 'to']);
  const head = [...(isNamed ? ['series'] : []), 'time', 'forecast', ...bands];
  const line = point => [...(isNamed ? [point.series] : []), point.time, number(point.forecast),
    ...names.flatMap(level => [number(point.lower[level]), number(point.upper[level])])];
  return make('div', {class: 'table', tabindex: 0, role: 'region', 'aria-label': 'The forecast as a table'},
    make('table', {},
      make('thead', {}, make('tr', {}, ...head.map(text => make('th', {scope: 'col'}, text)))),
      make('tbody', {}, ...answer.data.map(line).map(
        cells => make('tr', {}, ...cells.map(text => make('td', {}, text)))))));
}

async function forecast(own) {
  $('forecast-trouble').textContent = '';
  try {
    const request = {model: $('forecast-model').value, levels: levels(), history: HISTORY};
    if (!own) request.rows = rows($('rows').value);
    const answer = await asked('/forecast', request);
    const series = [...bySeries(answer)];
    $('forecast-result').replaceChildren(
      ...series.slice(0, MOST_SERIES).map(([name, points]) => chart(name, points)),
      series.length > MOST_SERIES
        ? make('p', {class: 'hint'}, `${series.length - MOST_SERIES} more series are in the table.`) : '',
      table(answer));
  } catch (failure) {
    $('forecast-result').replaceChildren();
    $('forecast-trouble').textContent = failure.message;
  }
}

export function startForecasting() {
  $('forecast-form').addEventListener('submit', event => { event.preventDefault(); forecast(false); });
  $('forecast-own').addEventListener('click', () => forecast(true));
  $('rows-file').addEventListener('change', async () => {
    const [file] = $('rows-file').files;
    if (file) $('rows').value = await file.text();
  });
}
