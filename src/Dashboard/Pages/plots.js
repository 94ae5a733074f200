// Live plots over one time axis. Without uPlot there are none, and the page says so.
import { make, number, say } from './page.js';

const plotHeight = 200;
const colours = (index) => getComputedStyle(document.documentElement).getPropertyValue(`--series-${index}`).trim();
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export const canPlot = () => typeof window.uPlot === 'function';

export class Plot {
  #drawing;
  #plot;
  #keys;
  #columns = [];
  #marks = [];
  #described = 0;

  // series: [{ key, label, scale }]; a scale of its own gets its axis on the right.
  constructor(title, series, parent) {
    this.title = title;
    this.series = series;
    this.#keys = series.map((one, index) => {
      const key = make('span', { class: 'key' });
      key.style.setProperty('--color', `var(--series-${index})`);
      return key;
    });
    this.#drawing = make('div', { class: 'drawing', role: 'img', 'aria-label': title });
    parent.append(make('figure', { class: 'plot' }, make('figcaption', {}, make('strong', {}, title), ...this.#keys), this.#drawing));
    this.recolour();
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(this.#drawing);
  }

  // Colours are drawn, not styled: another theme needs another plot.
  recolour() {
    this.#plot?.destroy();
    const right = this.series.find((one) => one.scale);
    const axis = { stroke: colour('faint'), grid: { stroke: colour('line'), width: 0.5 }, ticks: { stroke: colour('line'), width: 0.5 }, font: '12px system-ui' };
    const values = (_, ticks) => ticks.map(number);
    this.#plot = new window.uPlot({
      ...this.#size(),
      legend: { show: false },
      cursor: { drag: { x: false, y: false } },
      scales: { x: { time: false }, share: { range: [0, 1] } },
      axes: [
        { ...axis, values: (_, ticks) => ticks.map((tick) => `${number(tick)} s`) },
        { ...axis, values, size: 60 },
        ...(right ? [{ ...axis, values, scale: right.scale, side: 1, size: 50, grid: { show: false } }] : []),
      ],
      series: [{}, ...this.series.map((one, index) => ({ scale: one.scale ?? 'y', stroke: colours(index), width: 1.5, spanGaps: true, points: { show: false } }))],
      hooks: { draw: [(plot) => this.#drawMarks(plot)] },
    }, this.#data(), this.#drawing);
  }

  // columns: by name; marks: seconds at which a silo came or went.
  show(columns, marks) {
    this.#columns = columns;
    this.#marks = marks;
    this.#plot.setData(this.#data());
    const last = this.series.map((one) => `${one.label} ${number(columns[one.key]?.findLast((value) => value !== null))}`);
    this.#keys.forEach((key, index) => say(key, last[index]));
    const now = performance.now();
    if (now - this.#described > 5000) {
      this.#described = now;
      this.#drawing.setAttribute('aria-label', `${this.title} over seconds. Newest: ${last.join(', ')}.`);
    }
  }

  #size() {
    return { width: Math.max(100, this.#drawing.clientWidth), height: plotHeight };
  }

  #data() {
    const seconds = this.#columns.seconds ?? [];
    return [seconds, ...this.series.map((one) => this.#columns[one.key] ?? seconds.map(() => null))];
  }

  #drawMarks(plot) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = colour('bad');
    ctx.setLineDash([4, 4]);
    for (const at of this.#marks) {
      const x = Math.round(plot.valToPos(at, 'x', true));
      if (x >= bbox.left && x <= bbox.left + bbox.width) {
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
      }
    }
    ctx.restore();
  }
}
