// What all pages share: elements, numbers, the theme, and the stream of events.

export const byId = (id) => document.getElementById(id);

// Text always goes in as text: nothing that comes from a job can become markup.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'class') element.className = value;
    else if (value !== undefined && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

// Changes the page only where it differs, so that a screen reader is not told the same again.
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function show(element, isShown) {
  if (element.hidden === isShown) element.hidden = !isShown;
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });

export function number(value) {
  if (value === undefined || value === null) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e9)) return value.toExponential(3);
  return Number.isInteger(value) ? whole.format(value) : short.format(value);
}

export const percent = (value) => (value === undefined || value === null ? '–' : `${short.format(100 * value)} %`);

export function bytes(value) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit += 1; }
  return `${short.format(value)} ${units[unit]}`;
}

export function duration(seconds) {
  if (seconds === undefined || seconds === null) return '–';
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 100 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// The id in /jobs/ID and /jobs/ID/trace.
export const jobOfPage = () => decodeURIComponent(location.pathname.split('/')[2] ?? '');
export const jobPath = (job) => `/jobs/${encodeURIComponent(job)}`;

// However much comes in, the page is drawn at most once a frame.
export function coalesced(draw) {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => { isDue = false; draw(); });
  };
}

const themes = ['system', 'light', 'dark'];

export function themeButton(onChange = () => {}) {
  const button = byId('theme');
  let chosen = localStorage.getItem('theme') ?? 'system';
  const tell = () => say(button, `Theme: ${chosen}`);
  button.addEventListener('click', () => {
    chosen = themes[(themes.indexOf(chosen) + 1) % themes.length];
    if (chosen === 'system') {
      localStorage.removeItem('theme');
      delete document.documentElement.dataset.theme;
    } else {
      localStorage.setItem('theme', chosen);
      document.documentElement.dataset.theme = chosen;
    }
    tell();
    onChange();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
  tell();
}

const retryAfter = 3000;

// Follows a stream for ever. The browser comes back by itself after a broken connection, and says what it has seen;
// after a refusal it gives up, so we begin anew.
export function follow(path, handlers) {
  const connection = byId('connection');
  const begin = () => {
    const source = new EventSource(path);
    source.addEventListener('open', () => {
      connection.classList.remove('lost');
      say(connection, 'Live');
    });
    source.addEventListener('error', () => {
      connection.classList.add('lost');
      say(connection, 'Connection lost; trying again…');
      if (source.readyState === EventSource.CLOSED) setTimeout(begin, retryAfter);
    });
    for (const [name, handler] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => handler(JSON.parse(event.data)));
    }
    return source;
  };
  begin();
}

export function trouble(sentence) {
  const element = byId('trouble');
  show(element, Boolean(sentence));
  if (sentence) say(element, sentence);
}

export async function about() {
  const answer = await fetch('/api/about');
  return answer.ok ? answer.json() : { role: 'none' };
}
