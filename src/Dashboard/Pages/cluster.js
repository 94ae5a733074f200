import { byId, coalesced, follow, jobPath, make, say, show, themeButton, trouble } from './page.js';

const letters = { shards: 'S', workers: 'W' };
const names = { shards: 'shard', workers: 'worker' };
const glowFor = 3000;

let grid = { silos: [], jobs: [], moves: [] };
let newest; // the newest move that was there when the page was opened
const glowing = new Map();

function member(job, kind, index, [, life, state]) {
  const name = `${names[kind]} ${index}`;
  const isMoved = glowing.has(`${job}/${name}`);
  const classes = `member ${names[kind]} ${state}${isMoved ? ' moved' : ''}`;
  const text = `${name}, ${state}, life ${life}`;
  return make('li', { class: classes, title: text }, make('span', { 'aria-hidden': 'true' }, `${letters[kind]}${index}`), make('span', { class: 'hidden' }, text));
}

function membersOf(job, silo) {
  const found = [];
  if (silo >= 0 && job.coordinator === grid.silos[silo]) {
    found.push(make('li', { class: 'member coordinator' }, make('span', { 'aria-hidden': 'true' }, 'C'), make('span', { class: 'hidden' }, 'coordinator')));
  }
  for (const kind of ['shards', 'workers']) {
    (job[kind] ?? []).forEach((one, index) => { if (one[0] === silo) found.push(member(job.job, kind, index, one)); });
  }
  return found;
}

function box(silo, title) {
  const section = make('section', { class: 'silo', 'data-silo': grid.silos[silo] }, make('h3', {}, title));
  let isEmpty = true;
  for (const job of grid.jobs) {
    const found = membersOf(job, silo);
    if (found.length > 0) {
      isEmpty = false;
      section.append(make('h4', {}, make('a', { href: jobPath(job.job) }, job.job)), make('ul', { class: 'members' }, ...found));
    }
  }
  if (isEmpty) section.append(make('p', {}, 'Nothing lives here.'));
  return isEmpty && silo < 0 ? null : section;
}

function move(one) {
  const to = one.to ? ` to ${one.to}` : ': no silo yet';
  const from = one.from ? ` from ${one.from}` : '';
  const life = one.life > 0 ? ` (life ${one.life})` : '';
  return make('li', { value: one.number }, `${one.job}: ${one.member}${from}${to}${life}`);
}

// A page's focus must not be lost while it is drawn anew: links get it back.
function redraw(container, boxes) {
  const focused = container.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
  const at = focused ? [...container.querySelectorAll(`a[href="${CSS.escape(focused)}"]`)].indexOf(document.activeElement) : -1;
  container.replaceChildren(...boxes);
  if (at >= 0) container.querySelectorAll(`a[href="${CSS.escape(focused)}"]`)[at]?.focus();
}

const draw = coalesced(() => {
  trouble(grid.trouble);
  const active = grid.jobs.filter((job) => job.workers);
  const count = (number, thing) => `${number} ${thing}${number === 1 ? '' : 's'}`;
  say(byId('summary'), `Up: ${count(grid.silos.length, 'silo')}. Under way: ${count(active.length, 'job')}.`);
  const boxes = grid.silos.map((address, index) => box(index, address));
  redraw(byId('silos'), [...boxes, box(-1, 'Without a silo')].filter(Boolean));
  const list = byId('moves');
  const shown = Number(list.firstElementChild?.value ?? 0);
  const fresh = grid.moves.filter((one) => one.number > shown);
  list.prepend(...fresh.reverse().map(move));
  while (list.childElementCount > 200) list.lastElementChild.remove();
  show(byId('still'), list.childElementCount === 0);
});

function take(state) {
  grid = state;
  const last = grid.moves.at(-1)?.number ?? 0;
  newest ??= last;
  if (last < newest) newest = 0; // another process answers now
  for (const one of grid.moves.filter((it) => it.number > newest)) {
    const key = `${one.job}/${one.member}`;
    clearTimeout(glowing.get(key));
    glowing.set(key, setTimeout(() => { glowing.delete(key); draw(); }, glowFor));
  }
  newest = last;
  draw();
}

themeButton();
follow('/api/grid/events', { state: take });
