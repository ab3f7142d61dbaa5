// Writing with one model, or with two side by side.

import {$, fill, make, tell} from './dom.js';
import {Pane} from './pane.js';
import {beginAt, sampling, showSliders} from './sampling.js';
import {describe} from './tokens.js';

let panes = [];
let stopping = null;
let pinned = null;
let settings = new Map();

function look(text, place, pin) {
  if (text === null) {
    pinned = null;
    $('token').hidden = true;
    return;
  }
  if (pinned && !pin) return;
  pinned = pin ? text : null;
  $('token').replaceChildren(...describe(text.tokens[place], other => insteadOf(text, place, other)));
  $('token').hidden = false;
}

/** Another token in the place of one, and on from there. */
function insteadOf(text, place, other) {
  const pane = panes.find(one => one.text === text);
  if (stopping || !pane) return;
  look(null);
  run([pane], one => one.begin(text.before(place) + other, sampling()));
  text.list.focus();
}

/** Lets panes write until all are done or somebody stops them. */
async function run(which, job) {
  if (stopping) return;
  stopping = new AbortController();
  busy(true);
  $('write-trouble').textContent = '';
  const signal = stopping.signal;
  const ends = await Promise.allSettled(which.map(pane => { pane.signal = signal; return job(pane); }));
  const stopped = signal.aborted;
  stopping = null;
  busy(false);
  const failure = ends.find(end => end.status === 'rejected' && end.reason.name !== 'AbortError');
  if (failure) $('write-trouble').textContent = failure.reason.message;
  const count = which.reduce((sum, pane) => sum + pane.drawn, 0);
  $('go-on').hidden = panes.length === 0 || panes.every(pane => !pane.isOpen);
  if (!failure) tell(stopped ? `Stopped after ${count} tokens` : `${count} tokens written`);
}

function busy(writing) {
  $('write-start').disabled = writing;
  $('go-on-start').disabled = writing;
  $('write-stop').disabled = !writing;
  if (writing) {
    $('heat').hidden = false;
  } else if (document.activeElement === document.body) {
    $('write-start').focus({preventScroll: true});
  }
}

function write() {
  if (stopping || !$('model-a').value) return;
  const names = [$('model-a').value, $('model-b').value].filter(Boolean);
  look(null);
  panes = names.map(name => new Pane(name, look));
  $('panes').replaceChildren(...panes.map(pane => pane.element));
  const fields = sampling();
  run(panes, pane => pane.begin($('prompt').value, fields));
}

function goOn() {
  const words = $('more').value;
  $('more').value = '';
  look(null);
  const fields = sampling();
  run(panes.filter(pane => pane.isOpen), pane => pane.goOn(words, fields));
}

/** The models to choose from, each with its own settings. */
export function offer(models) {
  settings = new Map(models.map(model => [model.id, model.generation]));
  fill($('model-a'), [...settings.keys()]);
  fill($('model-b'), [...settings.keys()], [['', 'no other']]);
  beginAt(settings.get($('model-a').value));
}

export function startWriting() {
  showSliders();
  $('model-a').addEventListener('change', () => beginAt(settings.get($('model-a').value)));
  $('write-form').addEventListener('submit', event => { event.preventDefault(); write(); });
  $('write-stop').addEventListener('click', () => stopping?.abort());
  $('go-on-start').addEventListener('click', goOn);
  $('more').addEventListener('keydown', event => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    if (!stopping) goOn();
  });
  $('prompt').addEventListener('keydown', event => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); write(); }
  });
  document.addEventListener('keydown', event => event.key === 'Escape' && stopping?.abort());
}
