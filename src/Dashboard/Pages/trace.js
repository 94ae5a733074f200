import { byId, jobOfPage, jobPath, make, say, show, themeButton, trouble } from './page.js';

const period = 2000;
const kinds = { gradient: 'compute', encode: 'compute', lease: 'coordinator', ticket: 'coordinator', apply: 'shard', 'push.shard': 'shard' };
const inside = new Set(['pull', 'gradient', 'encode', 'push', 'lease', 'ticket']);
const job = jobOfPage();
let updates = [];
let shown; // the ticket that is drawn

const milliseconds = (microseconds) => (microseconds / 1000).toFixed(3);

function nameOf(span) {
  switch (span.name) {
    case 'step': return 'whole update';
    case 'push.shard': return `push to shard ${span.shard}`;
    case 'apply': return `shard ${span.shard} applies`;
    default: return span.name;
  }
}

function rowOf(span, whole) {
  const bar = make('div', { class: `bar ${kinds[span.name] ?? ''}` });
  bar.style.left = `${(100 * span.begin) / whole}%`;
  bar.style.width = `${Math.min(100 - (100 * span.begin) / whole, (100 * span.took) / whole)}%`;
  const more = [span.outcome, span.bytes === undefined ? null : `${span.bytes} bytes`].filter(Boolean).join(', ');
  return make(
    'tr', {},
    make('th', { scope: 'row', class: inside.has(span.name) ? 'inside' : '' }, more ? `${nameOf(span)} (${more})` : nameOf(span)),
    make('td', { class: 'number' }, milliseconds(span.begin)), make('td', { class: 'number' }, milliseconds(span.took)),
    make('td', { class: 'lane' }, make('div', { class: 'track', 'aria-hidden': 'true' }, bar)));
}

function draw() {
  const update = updates.find((one) => one.ticket === shown);
  show(byId('waterfall'), Boolean(update));
  show(byId('empty'), !update);
  if (!update) return;
  const whole = Math.max(1, ...update.spans.map((span) => span.begin + span.took));
  const delay = update.delay === undefined ? '' : `, delay ${update.delay}`;
  say(byId('caption'), `Ticket ${update.ticket} of worker ${update.worker}: ${milliseconds(whole)} ms${delay}`);
  byId('rows').replaceChildren(...update.spans.map((span) => rowOf(span, whole)));
}

function offer() {
  const select = byId('update');
  select.replaceChildren(...updates.map((one) => make('option', { value: one.ticket }, `ticket ${one.ticket}, worker ${one.worker}`)));
  if (shown !== undefined) select.value = String(shown);
}

async function poll() {
  try {
    const answer = await fetch(`/api/jobs/${encodeURIComponent(job)}/trace`);
    if (!answer.ok) throw new Error((await answer.text()).trim());
    const next = (await answer.json()).updates;
    say(byId('connection'), 'Live');
    byId('connection').classList.remove('lost');
    trouble(null);

    // What is being looked at stays, although newer ones push it out.
    const kept = updates.find((one) => one.ticket === shown);
    const isFollowing = byId('follow').checked;
    updates = !isFollowing && kept && !next.some((one) => one.ticket === shown) ? [...next, kept] : next;
    if (updates.length > 0 && (isFollowing || shown === undefined)) shown = updates[0].ticket;
    if (document.activeElement !== byId('update')) offer();
    draw();
  } catch (error) {
    say(byId('connection'), 'Connection lost; trying again…');
    byId('connection').classList.add('lost');
    trouble(error.message);
  }
  setTimeout(poll, document.hidden ? 5 * period : period);
}

say(byId('title'), `One update's trace: ${job}`);
byId('back').href = jobPath(job);
byId('update').addEventListener('change', (event) => {
  shown = Number(event.target.value);
  byId('follow').checked = false;
  draw();
});
byId('follow').addEventListener('change', () => {
  if (byId('follow').checked && updates.length > 0) { shown = updates[0].ticket; offer(); draw(); }
});
themeButton();
poll();
