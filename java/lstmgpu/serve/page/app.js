// The frame: which view is shown, which models and runs there are, whether the server answers.

import {$, fill} from './dom.js';
import {Unreachable, asked, keepKey} from './server.js';
import {startClassifying} from './classify.js';
import {startForecasting} from './forecast.js';
import {showRuns, startTraining} from './training.js';
import {offer, startWriting} from './write.js';

const VIEWS = ['write', 'training', 'forecast', 'classify'];
const EVERY = 4000;
const TASKS = {write: 'language-model', forecast: 'forecast', classify: 'classification'};

let there = [];
let timer = 0;

function shown() {
  const [wanted] = location.hash.slice(1).split('/');
  return there.includes(wanted) ? wanted : there[0];
}

function show() {
  const view = shown();
  for (const name of VIEWS) {
    $(name).hidden = name !== view;
    const link = document.querySelector(`nav [data-view=${name}]`);
    link.hidden = !there.includes(name);
    if (name === view) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const title = view ? $(`${view}-title`).textContent : '';
  document.title = title ? `${title} · lstm-gpu` : 'lstm-gpu';
  $('nothing').hidden = there.length > 0;
  showRuns(view === 'training');
}

/** What the server has now. */
async function look() {
  clearTimeout(timer);
  try {
    const [models, runs] = await Promise.all([asked('/v1/models'), asked('/runs')]);
    const of = task => models.data.filter(model => model.task === task).map(model => model.id);
    offer(models.data.filter(model => model.task === TASKS.write));
    fill($('forecast-model'), of(TASKS.forecast));
    fill($('classify-model'), of(TASKS.classify));
    $('beside').hidden = of(TASKS.write).length === 0;
    const before = there.join();
    there = VIEWS.filter(name => name === 'training' ? runs.data.length > 0 : of(TASKS[name]).length > 0);
    $('nothing').textContent = 'This server has no model and no training run yet.';
    $('offline').hidden = true;
    $('key').hidden = true;
    if (there.join() !== before) show();
    document.dispatchEvent(new CustomEvent('runs', {detail: runs.data}));
  } catch (failure) {
    if (!(failure instanceof Unreachable)) {
      if (failure.status !== 401) offline(failure.message);
    } else {
      offline('The server does not answer. It may have been stopped; this page goes on trying.');
    }
  }
  timer = setTimeout(look, document.hidden ? 4 * EVERY : EVERY);
}

function offline(message) {
  if ($('offline').hidden || $('offline').textContent !== message) $('offline').textContent = message;
  $('offline').hidden = false;
}

document.addEventListener('key-wanted', () => {
  if (!$('key').hidden) return;
  $('key').hidden = false;
  $('key-value').focus();
});
$('key').addEventListener('submit', event => {
  event.preventDefault();
  keepKey($('key-value').value.trim());
  $('key').hidden = true;
  look();
});
document.addEventListener('visibilitychange', () => document.hidden || look());
window.addEventListener('hashchange', () => {
  show();
  $('main').focus({preventScroll: true});
});

startWriting();
startTraining();
startForecasting();
startClassifying();
look();
