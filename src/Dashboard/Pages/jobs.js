import { byId, coalesced, follow, jobPath, make, number, percent, say, show, themeButton, trouble } from './page.js';

let grid = { jobs: [] };
const rows = new Map();

// A row is made once and then filled in, so that the keyboard's place is not lost while figures change.
function row(job) {
  let found = rows.get(job);
  if (!found) {
    const cells = [make('td'), make('td'), make('td', { class: 'number' }), make('td', { class: 'number' })];
    const link = make('a', { href: jobPath(job) }, job);
    found = { line: make('tr', {}, make('th', { scope: 'row' }, link), ...cells), cells };
    rows.set(job, found);
    byId('jobs').prepend(found.line);
  }
  return found;
}

const draw = coalesced(() => {
  trouble(grid.trouble);
  show(byId('empty'), grid.jobs.length === 0);
  show(byId('table'), grid.jobs.length > 0);
  for (const job of grid.jobs) {
    const { cells } = row(job.job);
    say(cells[0], job.phase);
    say(cells[1], job.samplesTotal ? percent(job.samples / job.samplesTotal) : '–');
    say(cells[2], number(job.loss));
    say(cells[3], job.workersLive === undefined ? '–' : number(job.workersLive));
  }
});

themeButton();
follow('/api/grid/events', { state: (state) => { grid = state; draw(); } });
