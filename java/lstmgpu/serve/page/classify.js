// Texts and how probable each class is.

import {$, make, percent} from './dom.js';
import {asked} from './server.js';

const MOST_CLASSES = 12;
const MOST_TEXTS = 200;
const SHOWN = 160;

function told(text, answer) {
  const shares = Object.entries(answer.probabilities).sort(([, a], [, b]) => b - a);
  const rest = shares.slice(MOST_CLASSES).reduce((sum, [, share]) => sum + share, 0);
  return make('article', {class: 'classed', 'aria-label': `${answer.label}`},
    make('blockquote', {}, text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text),
    ...shares.slice(0, MOST_CLASSES).map(([label, share]) => make('div', {class: 'share'},
      make('b', {}, label), make('meter', {min: 0, max: 1, value: share, 'aria-label': `probability of ${label}`}),
      make('span', {}, percent(share)))),
    rest > 0 ? make('p', {class: 'hint'}, `${shares.length - MOST_CLASSES} more classes: ${percent(rest)}`) : null);
}

async function classify(event) {
  event.preventDefault();
  const whole = $('texts').value;
  const texts = ($('by-line').checked ? whole.split('\n') : [whole]).filter(text => text.trim());
  $('classify-trouble').textContent = '';
  if (texts.length === 0 || texts.length > MOST_TEXTS) {
    $('classify-trouble').textContent = texts.length ? `Give at most ${MOST_TEXTS} lines at a time.` : 'Give a text.';
    return;
  }
  try {
    const answer = await asked('/classify', {model: $('classify-model').value, texts});
    $('classify-result').replaceChildren(...answer.data.map(one => told(texts[one.index], one)));
  } catch (failure) {
    $('classify-trouble').textContent = failure.message;
  }
}

export function startClassifying() {
  $('classify-form').addEventListener('submit', classify);
}
