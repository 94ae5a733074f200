import {
  about, byId, bytes, coalesced, duration, follow, jobOfPage, jobPath, make, number, percent, say, show, themeButton, trouble,
} from './page.js';
import { canPlot, Plot } from './plots.js';

// Points the page holds at most: when there are as many, every second goes.
const pointsMax = 4096;
const eventsMax = 500;
const marking = new Set(['joined', 'left', 'resumed']);

const job = jobOfPage();
let names = ['seconds'];
let columns = { seconds: [] };
let progress = {};
let events = [];
let isShownEvents = 0;
let role = 'none';
let plots = [];

const figures = [
  ['Epoch', (p) => (p.samplesPerEpoch ? number(Math.floor((100 * p.samples) / p.samplesPerEpoch) / 100) : '–')],
  ['Time', (p) => duration(p.seconds)],
  ['Time left', (p) => duration(p.secondsLeft)],
  ['Samples', (p) => `${number(p.samples)} of ${number(p.samplesTotal)}`],
  ['Samples per second', (p) => number(p.samplesPerSecond)],
  ['Loss', (p) => number(p.loss)],
  ['Test accuracy', (p) => percent(p.testAccuracy)],
  ['Tickets', (p) => number(p.tickets)],
  ['Workers', (p) => number(p.workersLive)],
  ['Silos', (p) => number(p.silos)],
  ['Parameters', (p) => number(p.parameters)],
  ['Delay, mean and largest', (p) => `${number(p.delayMean)}, ${number(p.delayMax)}`],
  ['B measured', (p) => number(p.boundMeasured)],
  ['B predicted', (p) => number(p.boundPredicted)],
  ['Mean gap within B²', (p) => p.condition ?? '–'],
  ['Certificate', (p) => (p.certificate ? `${number(p.certificate.value)} (${p.certificate.status})` : '–')],
  ['Updates lost', (p) => number(p.updatesLost)],
  ['Samples repeated', (p) => number(p.samplesRepeated)],
  ['Pushed, pulled', (p) => `${bytes(p.bytesPushed ?? 0)}, ${bytes(p.bytesPulled ?? 0)}`],
  ['Checkpoints', (p) => (p.checkpoints ? `${number(p.checkpoints)}, newest at ticket ${number(p.checkpointTicket)}` : '–')],
  ['Resumed', (p) => number(p.resumptions)],
  ['Longest recovery', (p) => duration(p.recoverySecondsMax)],
].map(([name, value]) => ({ value, shown: make('dd'), name }));

function sentence(p) {
  if (p.error) return [p.error, p.hint].filter(Boolean).join(' ');
  if (p.phase === 'starting') return 'The data are being read.';
  if (p.phase === 'paused') return 'Nobody gets a ticket until somebody lets it go on.';
  const share = p.samplesTotal ? percent(p.samples / p.samplesTotal) : '';
  return p.isOver ? `${share} of the samples used in ${duration(p.seconds)}.` : `${share} of the samples used.`;
}

function drawEvents() {
  const body = byId('events');
  const fresh = events.slice(isShownEvents).reverse().map((one) => make(
    'tr', {}, make('td', { class: 'number' }, one.seconds === undefined ? '–' : one.seconds.toFixed(1)), make('td', { class: 'number' }, number(one.tickets)),
    make('td', {}, one.text)));
  body.prepend(...fresh);
  while (body.childElementCount > eventsMax) body.lastElementChild.remove();
  isShownEvents = events.length;
}

function drawAlarms() {
  const lines = [...(progress.alarms ?? []).map((text) => ['alarm', text]), ...(progress.warnings ?? []).map((text) => ['warning', text])];
  const list = byId('alarms');
  const key = JSON.stringify(lines);
  if (list.dataset.key !== key) {
    list.dataset.key = key;
    list.replaceChildren(...lines.map(([kind, text]) => make('li', { class: kind }, text)));
  }
  show(list, lines.length > 0);
}

const draw = coalesced(() => {
  say(byId('phase'), progress.phase ?? '…');
  say(byId('sentence'), sentence(progress));
  byId('bar').value = progress.samplesTotal ? progress.samples / progress.samplesTotal : 0;
  figures.forEach((figure) => say(figure.shown, figure.value(progress)));
  const mayOperate = role === 'operate' && progress.isOver === false;
  show(byId('pause'), mayOperate && progress.phase === 'running');
  show(byId('continue'), mayOperate && progress.phase === 'paused');
  show(byId('cancel'), mayOperate);
  drawAlarms();
  drawEvents();
  const marks = events.filter((one) => marking.has(one.kind)).map((one) => one.seconds);
  plots.forEach((plot) => plot.show(columns, marks));
});

function add(point) {
  const seconds = columns.seconds;
  if (seconds.length > 0 && point[0] <= seconds.at(-1)) {
    names.forEach((name, index) => { columns[name][seconds.length - 1] = index === 0 ? seconds.at(-1) : point[index]; });
    return;
  }
  names.forEach((name, index) => columns[name].push(point[index]));
  if (columns.seconds.length >= pointsMax) {
    for (const name of names) columns[name] = columns[name].filter((_, index) => index % 2 === 0);
  }
}

function takeState(state) {
  trouble(state.trouble);
  progress = state.progress;
  columns = state.curve;
  names = Object.keys(columns);
  events = state.events;
  isShownEvents = 0;
  byId('events').replaceChildren();
  draw();
}

function takeProgress(frame) {
  trouble(null);
  progress = frame.progress;
  if (progress.phase !== 'starting' && frame.point[0] !== null) add(frame.point);
  events.push(...frame.events);
  if (events.length > 2 * eventsMax) {
    isShownEvents -= Math.min(isShownEvents, events.length - eventsMax);
    events = events.slice(-eventsMax);
  }
  draw();
}

async function order(name) {
  const told = byId('order');
  say(told, '');
  const answer = await fetch(`/api/jobs/${encodeURIComponent(job)}/${name}`, { method: 'POST', headers: { 'X-Grid-Order': '1' } });
  say(told, (await answer.text()).trim());
}

function operate() {
  byId('pause').addEventListener('click', () => order('pause'));
  byId('continue').addEventListener('click', () => order('continue'));
  byId('cancel').addEventListener('click', () => byId('sure').showModal());
  byId('sure-no').addEventListener('click', () => byId('sure').close());
  byId('sure-yes').addEventListener('click', () => { byId('sure').close(); order('cancel'); });
}

function preparePlots() {
  if (!canPlot()) {
    show(byId('no-plots'), true);
    return;
  }
  const parent = byId('plots');
  plots = [
    new Plot('Loss and test accuracy', [{ key: 'loss', label: 'loss' }, { key: 'testAccuracy', label: 'accuracy', scale: 'share' }], parent),
    new Plot('Samples per second; silos that come and go are dashed', [{ key: 'samplesPerSecond', label: 'samples/s' }], parent),
    new Plot('Gap against its bound', [{ key: 'boundMeasured', label: 'B measured' }, { key: 'boundPredicted', label: 'B predicted' }], parent),
    new Plot('Certificate and its parts', [
      { key: 'certificate', label: 'whole' }, { key: 'optimisation', label: 'optimisation' }, { key: 'staleness', label: 'staleness' }, { key: 'noise', label: 'noise' },
    ], parent),
    new Plot('Delay', [{ key: 'delayMean', label: 'mean delay' }], parent),
  ];
}

say(byId('title'), job);
document.title = `${job} · OrleansSgd`;
byId('trace').href = `${jobPath(job)}/trace`;
byId('figures').replaceChildren(...figures.map((figure) => make('div', {}, make('dt', {}, figure.name), figure.shown)));
preparePlots();
themeButton(() => { plots.forEach((plot) => plot.recolour()); draw(); });
operate();
about().then((known) => { role = known.role; draw(); });
follow(`/api/jobs/${encodeURIComponent(job)}/events`, {
  state: takeState,
  progress: takeProgress,
  trouble: (frame) => trouble(frame.trouble),
});
