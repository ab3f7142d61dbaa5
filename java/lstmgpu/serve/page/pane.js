// A text that one model writes, and the session in which the server remembers where it is.

import {make, number} from './dom.js';
import {Refused, ask, asked, events} from './server.js';
import {TokenText} from './tokens.js';

const ALTERNATIVES = 8;
const BUSY_TRIES = 20;
const BUSY_WAIT = 150;

/**
 * The server keeps the state after what it has answered as a whole. So the prompt is read in a request of its own, and
 * when an answer is stopped in its middle, the next one reads only what had been written since.
 */
export class Pane {
  constructor(model, look) {
    this.model = model;
    this.text = new TokenText(`the text of ${model}`, look);
    this.numbers = make('p', {class: 'numbers'});
    this.element = make('article', {class: 'pane card', 'aria-label': `Text of ${model}`},
      make('header', {}, make('h2', {}, model)), this.text.element, this.numbers);
    this.isOpen = false;
  }

  /** A new text. */
  async begin(prompt, fields) {
    this.session = crypto.randomUUID?.() ?? `page-${Date.now()}-${Math.random()}`;
    this.text.clear(prompt);
    this.turn = 0;
    this.unread = '';
    this.isOpen = false;
    if (prompt) {
      await asked('/v1/completions', {model: this.model, session: this.session, prompt, max_tokens: 0}, this.signal);
    }
    this.isOpen = true;
    await this.draw('', fields);
  }

  /** More of it, after words of the person's. */
  async goOn(words, fields) {
    this.text.give(words);
    this.turn++;
    await this.draw(words, fields);
  }

  async draw(words, fields) {
    const prompt = this.unread + words;
    const start = performance.now();
    const given = this.text.tokens.length;
    const request = {
      ...fields, model: this.model, session: this.session, prompt, seed: fields.seed + this.turn,
      stream: true, logprobs: ALTERNATIVES, stream_options: {include_usage: true},
    };
    this.drawn = 0;
    this.surprise = 0;
    this.element.setAttribute('aria-busy', 'true');
    try {
      let text = '';
      this.unread = prompt;
      for await (const event of events(await this.ask(request))) {
        if (event.usage) this.read = event.usage.prompt_tokens;
        const choice = event.choices[0];
        if (!choice) continue;
        text += choice.text;
        this.unread += choice.text;
        this.take(choice, text, prompt.length);
        this.show(request.seed, start);
      }
      this.unread = '';
    } finally {
      this.element.removeAttribute('aria-busy');
      this.text.complete();
      if (given < this.text.tokens.length) this.show(request.seed, start);
    }
  }

  /** An answer that was stopped a moment ago may still have the session. */
  async ask(request) {
    for (let tries = 0; ; tries++) {
      try {
        return await ask('/v1/completions', request, this.signal);
      } catch (failure) {
        if (!(failure instanceof Refused) || failure.code !== 'session_in_use' || tries === BUSY_TRIES) throw failure;
        await new Promise(done => setTimeout(done, BUSY_WAIT));
      }
    }
  }

  take(choice, text, from) {
    const {tokens = [], token_logprobs: logprobs, top_logprobs: others, text_offset: offsets} = choice.logprobs ?? {};
    tokens.forEach((name, i) => {
      const end = (i + 1 < tokens.length ? offsets[i + 1] : from + text.length) - from;
      this.drawn++;
      this.surprise -= logprobs[i] ?? 0;
      const own = text.slice(offsets[i] - from, end);
      this.text.add({name, text: own, logprob: logprobs[i] ?? 0, others: others[i] ?? {}});
    });
  }

  show(seed, start) {
    const seconds = (performance.now() - start) / 1000;
    this.numbers.textContent = [
      `${this.drawn} tokens`, `mean surprise ${number(this.surprise / Math.max(1, this.drawn))} nats`,
      `${number(this.drawn / seconds)} tokens/s`, `seed ${seed}`,
    ].join(' · ');
  }
}
