// Runs: the list of them, and the one that is watched.

import {$, make, percent} from './dom.js';
import {RunView, words} from './run.js';

let runs = [];
let view = null;
let isShown = false;

function chosen() {
  const name = decodeURIComponent(location.hash.split('/').slice(1).join('/'));
  const running = runs.find(run => run.status === 'running');
  return runs.find(run => run.name === name) ?? running ?? runs[0];
}

function list(current) {
  const items = runs.map(run => make('li', {}, make('a', {
    href: `#training/${encodeURIComponent(run.name)}`, 'aria-current': run === current ? 'true' : false,
  }, run.name, ' ', make('small', {}, run.status === 'running' && run.done ? percent(run.done) : words(run.status)))));
  const text = items.map(item => item.textContent + item.innerHTML.includes('aria-current')).join('|');
  if ($('run-list').dataset.text === text) return;
  const focused = document.activeElement?.getAttribute('href');
  $('run-list').dataset.text = text;
  $('run-list').replaceChildren(...items);
  if (focused) $('run-list').querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
}

function update() {
  const run = chosen();
  $('run-list').hidden = runs.length < 2;
  if (!run || !isShown) {
    view?.close();
    view = null;
    return;
  }
  list(run);
  if (view?.name === run.name) return;
  view?.close();
  view = new RunView(run.name);
  $('run').replaceChildren(view.element);
}

/** The view is opened or left; a run that nobody sees is not watched. */
export function showRuns(shown) {
  isShown = shown;
  update();
}

export function startTraining() {
  document.addEventListener('runs', event => {
    runs = event.detail;
    update();
  });
}
