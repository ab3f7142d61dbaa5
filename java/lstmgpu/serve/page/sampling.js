// How texts are drawn: sliders, each with its value in words.

import {$, make} from './dom.js';

const RANGES = [
  ['temperature', 'Temperature', 0, 2, 0.05, 0.8, value => value === 0 ? 'always the likeliest' : value.toFixed(2)],
  ['top_k', 'Top-k', 0, 100, 1, 0, value => value === 0 ? 'off' : `the likeliest ${value}`],
  ['top_p', 'Top-p', 0.05, 1, 0.01, 1, value => value === 1 ? 'off' : value.toFixed(2)],
  ['min_p', 'Min-p', 0, 1, 0.01, 0, value => value === 0 ? 'off' : value.toFixed(2)],
  ['repeat_penalty', 'Repeat penalty', 1, 2, 0.01, 1, value => value === 1 ? 'off' : value.toFixed(2)],
  ['max_tokens', 'Length in tokens', 10, 2000, 10, 300, value => String(value)],
];

// Sliders that the reader has moved: they stay where they are whichever model is chosen.
const moved = new Set();
let begun = '';

function slider([name, label, min, max, step, usual, words]) {
  const output = make('output', {for: name}, words(usual));
  const input = make('input', {
    id: name, type: 'range', min, max, step, value: usual, 'aria-valuetext': words(usual),
    input: () => {
      moved.add(name);
      say();
    },
  });
  const say = () => {
    output.textContent = words(Number(input.value));
    input.setAttribute('aria-valuetext', output.textContent);
  };
  input.addEventListener('told', say);
  return make('div', {class: 'slider'}, make('label', {for: name}, label), output, input);
}

function field(id, label, attributes) {
  return make('div', {class: 'slider'}, make('label', {for: id}, label), make('input', {id, ...attributes}));
}

export function showSliders() {
  $('sliders').append(
    ...RANGES.map(slider),
    field('seed', 'Seed (empty: another each time)', {type: 'number', min: 0, step: 1, inputmode: 'numeric'}),
    field('stop', 'Stop at (\\n is a line end)', {type: 'text', spellcheck: 'false', maxlength: 1000}),
  );
  const wide = matchMedia('(min-width: 56.01rem)');
  const open = () => { $('sampling').open = wide.matches; };
  wide.addEventListener('change', open);
  open();
}

/** Sliders that nobody has moved begin where the model's own settings are, also between two steps or beyond the end. */
export function beginAt(settings) {
  const told = JSON.stringify(settings);
  if (told === begun) return;
  begun = told;
  for (const [name, , min, max, step] of RANGES) {
    const value = settings?.[name];
    if (moved.has(name) || value === undefined) continue;
    const input = $(name);
    const steps = (value - min) / step;
    input.min = Math.min(min, value);
    input.max = Math.max(max, value);
    input.step = Math.abs(steps - Math.round(steps)) < 1e-6 && value >= min ? step : 'any';
    input.value = value;
    input.dispatchEvent(new Event('told'));
  }
}

/** The fields of a request; the same seed for all that are written at once. */
export function sampling() {
  const fields = Object.fromEntries(RANGES.map(([name]) => [name, Number($(name).value)]));
  const seed = $('seed').value.trim();
  fields.seed = seed === '' ? Math.floor(Math.random() * 1e9) : Math.abs(Math.trunc(Number(seed)));
  const stop = $('stop').value.replace(/\\n/g, '\n');
  if (stop) fields.stop = [stop];
  return fields;
}
