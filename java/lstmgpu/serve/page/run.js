// One run as it goes: numbers, charts, what it writes, stop and resume.

import {Chart} from './chart.js';
import {duration, make, number, tell} from './dom.js';
import {Gates} from './gates.js';
import {Refused, ask, asked, events} from './server.js';

const RETRY = 2000;
const WORDS = {
  running: 'training', stop_requested: 'stopped', paused: 'paused', completed: 'finished', patience: 'finished: no longer better',
  time: 'finished: its time was over', failed: 'failed', interrupted: 'interrupted',
};

export const words = status => WORDS[status] ?? status;

export class RunView {
  constructor(name) {
    this.name = name;
    this.path = `/runs/${encodeURIComponent(name)}`;
    this.rows = [];
    this.end = new AbortController();
    this.status = make('span', {class: 'status'});
    this.stop = make('button', {type: 'button', click: () => this.act('stop')}, 'Stop');
    this.resume = make('button', {type: 'button', class: 'primary', click: () => this.act('resume')}, 'Resume');
    this.bar = make('progress', {max: 1, 'aria-label': 'Share of the run that is done'});
    this.place = make('p', {class: 'hint'});
    this.trouble = make('p', {class: 'trouble', role: 'alert'});
    this.loss = new Chart('Loss', {height: 280});
    this.rate = new Chart('Learning rate');
    this.norm = new Chart('Norm of the gradients');
    this.speed = new Chart('Tokens per second');
    this.sample = make('div', {class: 'written', tabindex: 0, role: 'region', 'aria-label': 'The newest sample'});
    this.sampleTitle = make('h3', {}, 'What it writes');
    this.earlier = make('details', {hidden: true}, make('summary', {}, 'Earlier samples'), make('div'));
    this.samples = make('section', {class: 'card wide', hidden: true}, this.sampleTitle, this.sample, this.earlier);
    this.gates = new Gates(this.path);
    this.element = make('article', {'aria-label': `Run ${name}`},
      make('div', {class: 'head'}, make('h2', {}, name), this.status,
        make('div', {class: 'buttons'}, this.stop, this.resume)),
      this.bar, this.place, this.trouble,
      make('div', {class: 'charts'}, this.loss.element, this.rate.element, this.norm.element, this.speed.element),
      make('div', {class: 'parts'}, this.samples, this.gates.element));
    this.watch();
  }

  close() {
    this.end.abort();
  }

  async watch() {
    while (!this.end.signal.aborted) {
      try {
        for await (const event of events(await ask(`${this.path}/events`, undefined, this.end.signal))) {
          if (event.type !== 'beat') this.take(event);
        }
      } catch (failure) {
        if (failure instanceof Refused && failure.status !== 401) this.trouble.textContent = failure.message;
      }
      await new Promise(done => setTimeout(done, RETRY));
    }
  }

  take(event) {
    this.trouble.textContent = '';
    const before = this.run?.status;
    this.run = event.run;
    this.rows = event.type === 'all' ? event.rows : [...this.rows, ...event.rows];
    this.numbers();
    if (event.rows.length || event.type === 'all') this.charts();
    if (event.samples) this.write(event.samples);
    if (before && before !== this.run.status) tell(`${this.name}: ${words(this.run.status)}`);
  }

  numbers() {
    const run = this.run;
    this.status.textContent = words(run.status);
    this.status.className = `status ${run.status}`;
    const focused = document.activeElement;
    // Whoever has just pressed one of them finds the other, which comes before the first one goes.
    if (run.can_stop) this.stop.hidden = false;
    if (run.can_resume) this.resume.hidden = false;
    if (focused === this.stop && run.can_resume) this.resume.focus();
    if (focused === this.resume && run.can_stop) this.stop.focus();
    this.stop.hidden = !run.can_stop;
    this.resume.hidden = !run.can_resume;
    this.bar.hidden = run.done === undefined;
    this.bar.value = run.done ?? 0;
    const running = run.status === 'running';
    const left = duration(run.seconds_left);
    this.place.textContent = [
      run.total_steps ? `step ${number(run.step)} of ${number(run.total_steps)}` : `step ${number(run.step)}`,
      run.epoch !== undefined ? `epoch ${run.epoch.toFixed(1)}` : '',
      run.loss !== undefined ? `loss ${number(run.loss)} ${run.loss_unit}` : '',
      run.best_loss !== undefined ? `best held-out ${number(run.best_loss)}` : '',
      running && run.tokens_per_second ? `${number(run.tokens_per_second)} a second` : '',
      running && left ? `${left} left` : '',
      run.device ? `on ${run.device}` : '',
    ].filter(Boolean).join(' · ');
    this.gates.allow(run.has_weights && run.task === 'language-model');
    if (run.reason) this.trouble.textContent = run.reason;
  }

  charts() {
    const column = i => this.rows.filter(row => row[i] !== null).map(row => [row[0], row[i]]);
    this.loss.note = this.run.loss_unit;
    this.loss.show([{name: 'training', points: column(2)}, {name: 'held-out', points: column(3), dots: true}]);
    this.rate.show([{name: 'rate', points: column(4)}]);
    this.norm.show([{name: 'norm', points: column(5)}]);
    this.speed.show([{name: 'a second', points: column(6)}]);
  }

  write(samples) {
    this.samples.hidden = samples.length === 0;
    if (samples.length === 0) return;
    const newest = samples[samples.length - 1];
    this.sampleTitle.textContent = `What it writes at step ${number(newest.step)}`;
    this.sample.textContent = newest.text;
    const others = samples.slice(0, -1).reverse();
    this.earlier.hidden = others.length === 0;
    this.earlier.lastChild.replaceChildren(...others.flatMap(sample => [
      make('h3', {}, `Step ${number(sample.step)}`), make('div', {class: 'written'}, sample.text)]));
    this.gates.sample = newest.text;
  }

  async act(what) {
    this.trouble.textContent = '';
    if (this.asking) return; // not disabled, which would take the focus away
    this.asking = true;
    tell(what === 'stop' ? 'Stopping after a checkpoint' : 'Going on from the newest checkpoint');
    try {
      await asked(`${this.path}/${what}`, {});
    } catch (failure) {
      this.trouble.textContent = failure.message;
    } finally {
      this.asking = false;
    }
  }
}
