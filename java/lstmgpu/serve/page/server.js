// Everything that is asked of the server: the key, errors in words, events as they come.

const KEY = 'lstm-gpu-key';

/** The server's answer is an error; its message can be shown as it is. */
export class Refused extends Error {
  constructor(message, status, code) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Nobody answers. */
export class Unreachable extends Error {
  constructor() {
    super('The server does not answer. It may have been stopped.');
  }
}

export function keepKey(key) {
  sessionStorage.setItem(KEY, key);
}

/** Sends a request; body becomes JSON. Throws Refused or Unreachable, or an AbortError where signal says so. */
export async function ask(path, body, signal) {
  const headers = {};
  const key = sessionStorage.getItem(KEY);
  if (key) headers.Authorization = `Bearer ${key}`;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response;
  try {
    response = await fetch(path, {
      method: body === undefined ? 'GET' : 'POST', headers, signal,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (failure) {
    throw failure.name === 'AbortError' ? failure : new Unreachable();
  }
  if (response.ok) return response;
  throw await refused(response);
}

async function refused(response) {
  let error = {};
  try {
    error = (await response.json()).error ?? {};
  } catch {
    // Something between here and the server has answered.
  }
  const again = Number(response.headers.get('Retry-After'));
  let message = error.message ?? `the server answers with status ${response.status}`;
  if (response.status === 401) {
    document.dispatchEvent(new CustomEvent('key-wanted', {detail: error.message}));
    message = 'This server wants an API key; give it above.';
  } else if (response.status === 429) {
    message = `The server is busy: ${message}.${again ? ` Try again in ${again} s.` : ''}`;
  } else if (response.status === 503) {
    message = `Not now: ${message}.${again ? ` Try again in ${again} s.` : ''}`;
  } else {
    message = message[0].toUpperCase() + message.slice(1) + '.';
  }
  return new Refused(message.replace(/\.\.$/, '.'), response.status, error.code);
}

export async function asked(path, body, signal) {
  return (await ask(path, body, signal)).json();
}

/** The events of an answer, each parsed; an error among them is thrown. */
export async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      let piece;
      try {
        piece = await reader.read();
      } catch (failure) {
        throw failure.name === 'AbortError' ? failure : new Unreachable();
      }
      if (piece.done) return;
      const parts = (rest + piece.value).split('\n\n');
      rest = parts.pop();
      for (const part of parts) {
        const data = part.replace(/^data: ?/, '');
        if (data === '[DONE]') return;
        const event = JSON.parse(data);
        if (event.error) throw new Refused(`${event.error.message}.`, 500, event.error.code);
        yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
