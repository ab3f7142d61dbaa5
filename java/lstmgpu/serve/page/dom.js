// Elements made in one call, and numbers in words.

export const $ = id => document.getElementById(id);

const SVG = 'http://www.w3.org/2000/svg';
const OF_SVG = new Set(['svg', 'g', 'line', 'path', 'text', 'circle', 'polyline', 'rect']);

/** An element with attributes (functions become listeners, false leaves one out) and content. */
export function make(name, attributes = {}, ...content) {
  const element = OF_SVG.has(name) ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(key, value);
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(key, value === true ? '' : value);
    }
  }
  element.append(...content.filter(part => part !== null && part !== undefined));
  return element;
}

/** Three or four digits that tell something. */
export function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en');
  if (size !== 0 && size < 0.001) return value.toExponential(1);
  return String(Number(value.toPrecision(size >= 100 ? 4 : 3)));
}

export function percent(share) {
  const value = 100 * share;
  return value >= 10 ? `${value.toFixed(0)} %` : value >= 0.1 ? `${value.toFixed(1)} %`
    : value >= 0.001 ? `${value.toFixed(3)} %` : '< 0.001 %';
}

export function duration(seconds) {
  if (!Number.isFinite(seconds)) return '';
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.round(seconds % 3600 / 60)} min`;
}

/** What cannot be seen is shown as a sign. */
export function visible(text) {
  return text.replace(/\n/g, '↵').replace(/\t/g, '⇥').replace(/ /g, '␣');
}

/** Said to those who do not see the page; of what is worth an interruption only. */
export function tell(text) {
  $('told').textContent = text;
}

/** A selection of names, which keeps what is chosen. */
export function fill(select, names, before = []) {
  const chosen = select.value;
  const wanted = [...before, ...names.map(name => [name, name])];
  const there = [...select.options].map(option => option.value);
  if (there.join('\n') === wanted.map(([value]) => value).join('\n')) return;
  select.replaceChildren(...wanted.map(([value, text]) => make('option', {value}, text)));
  if (wanted.some(([value]) => value === chosen)) select.value = chosen;
}
