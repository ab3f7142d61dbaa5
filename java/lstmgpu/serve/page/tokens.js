// A text whose tokens can be looked into: coloured by surprise, reached by pointer and keys.

import {make, percent, visible} from './dom.js';

const LEAST = [0.8, 0.5, 0.25, 0.1, 0.03, 0.01, 0.001];

/** 0 for what was expected, 7 for what the model held for hardly possible. */
export function level(logprob) {
  const place = LEAST.findIndex(probability => Math.exp(logprob) >= probability);
  return place < 0 ? LEAST.length : place;
}

/** What cannot be heard either. */
function spoken(text) {
  return text.includes('\n') ? 'line end' : text.includes('\t') ? 'tab' : 'space';
}

let texts = 0;

/** The tokens of one text. look(text, index, pinned) is called for the one that somebody looks at. */
export class TokenText {
  constructor(name, look) {
    this.id = `text-${++texts}`;
    this.look = look;
    this.here = -1;
    this.given = make('span', {class: 'given'});
    this.list = make('span', {
      role: 'listbox', tabindex: 0, id: this.id, 'aria-label': `Tokens of ${name}`, 'aria-describedby': 'token',
      keydown: event => this.key(event),
      focus: () => this.tokens.length && this.point(this.here < 0 ? 0 : this.here, true),
      mouseover: event => this.over(event, false),
      click: event => this.over(event, true),
    });
    this.whole = make('p', {class: 'unseen'});
    this.element = make('div', {}, this.whole, make('div', {class: 'text'}, this.given, this.list));
    this.clear('');
  }

  /** Begins anew after what was given. */
  clear(given) {
    this.tokens = [];
    this.pending = null;
    this.here = -1;
    this.given.textContent = given;
    this.list.replaceChildren();
    this.whole.textContent = '';
  }

  /** Adds words that a person has written. */
  give(text) {
    if (!text) return;
    this.tokens.push({text, given: true});
    this.list.append(make('span', {class: 'given', role: 'option', id: `${this.id}-${this.tokens.length - 1}`}, text));
  }

  /** A token; what is only part of a character waits for the rest. */
  add(token) {
    if (this.pending) {
      token = {...this.pending, text: token.text, logprob: this.pending.logprob + token.logprob};
      this.pending = null;
    }
    if (token.text === '') {
      this.pending = token;
      return;
    }
    const place = this.tokens.push(token) - 1;
    this.list.append(make('span', {
      role: 'option', class: `s${level(token.logprob)}`, id: `${this.id}-${place}`,
      'aria-label': token.text.trim() === '' ? spoken(token.text) : false,
    }, token.text));
  }

  /** The text up to a token. */
  before(place) {
    return this.given.textContent + this.tokens.slice(0, place).map(token => token.text).join('');
  }

  /** Tells those who hear the page the whole text, once it is complete. */
  complete() {
    this.whole.textContent = this.before(this.tokens.length);
  }

  over(event, pinned) {
    const option = event.target.closest('[role=option]');
    if (option) this.point(Number(option.id.slice(this.id.length + 1)), pinned);
  }

  key(event) {
    const last = this.tokens.length - 1;
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    let place;
    if (step) place = this.here + step;
    else if (event.key === 'Home') place = 0;
    else if (event.key === 'End') place = last;
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') place = this.line(event.key === 'ArrowDown');
    else if (event.key === 'Escape') { this.unmark(); this.look(null); return; }
    else return;
    event.preventDefault();
    this.point(Math.max(0, Math.min(last, place)), true);
  }

  /** The token above or below. */
  line(down) {
    const box = this.list.children[Math.max(0, this.here)].getBoundingClientRect();
    const step = down ? 1 : -1;
    for (let place = this.here + step; place >= 0 && place < this.tokens.length; place += step) {
      const other = this.list.children[place].getBoundingClientRect();
      if (step * (other.top - box.top) > 4 && (down ? other.right > box.left : other.left <= box.left)) return place;
    }
    return down ? this.tokens.length - 1 : 0;
  }

  unmark() {
    this.list.querySelector('.here')?.classList.remove('here');
    this.list.removeAttribute('aria-activedescendant');
  }

  point(place, pinned) {
    if (!this.tokens[place]) return;
    this.unmark();
    this.here = place;
    const option = this.list.children[place];
    option.classList.add('here');
    this.list.setAttribute('aria-activedescendant', option.id);
    if (pinned) option.scrollIntoView({block: 'nearest'});
    this.look(this, place, pinned);
  }
}

/** What is told of a token: how probable it was, and what else could have come. choose is called with another text. */
export function describe(token, choose) {
  if (token.given) return [make('p', {}, make('b', {}, visible(token.text)), ' is yours; the model has read it.')];
  const others = Object.entries(token.others).sort(([, a], [, b]) => b - a);
  const bits = -token.logprob / Math.LN2;
  return [
    make('p', {}, make('b', {}, visible(token.text)),
      ` had a probability of ${percent(Math.exp(token.logprob))}: a surprise of ${(-token.logprob).toFixed(2)} nats`
      + ` (${bits.toFixed(2)} bits).`),
    make('ul', {class: 'others', 'aria-label': 'What could have come'}, ...others.map(([text, logprob]) => {
      const drawn = text === token.name;
      return make('li', {},
        make('button', {
          type: 'button', class: drawn ? 'drawn' : false, disabled: drawn || text.startsWith('bytes:'),
          title: drawn ? 'This one was drawn' : 'Go on from here with this one instead', click: () => choose(text),
        }, visible(text)),
        make('meter', {min: 0, max: 1, value: Math.exp(logprob), 'aria-label': `probability of ${visible(text)}`}),
        make('span', {}, percent(Math.exp(logprob))));
    })),
  ];
}
