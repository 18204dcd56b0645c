// The four charts of the last minute; the newest values are on the right.

import uPlot from '../webjars/uplot/dist/uPlot.esm.js';

const SECONDS = 60;
const HEIGHT = 160;

const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const compact = new Intl.NumberFormat('en', { notation: 'compact' });
const short = value => (value < 10_000 ? String(value) : compact.format(value));

const line = (name, more = {}) => ({ stroke: colour(name), width: 2, points: { show: false }, ...more });

/** Dots without a line; failed batches are hollow, not only of another colour. */
const dots = (name, hollow) => ({
  stroke: colour(name),
  paths: () => null,
  points: { show: true, size: 8, width: 2, stroke: colour(name), fill: colour(hollow ? '--card' : name) },
});

function create(id, least, series) {
  const element = document.getElementById(`${id}-chart`);
  const axis = {
    stroke: colour('--muted'),
    font: '12px system-ui',
    grid: { stroke: colour('--rule'), width: 1 },
    ticks: { show: false },
  };
  const options = {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [8, 14, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: [-SECONDS, 0] },
      y: { range: (_, low, high) => [0, Math.max(least, (high ?? 0) * 1.1)] },
    },
    axes: [
      { ...axis, size: 28, splits: () => [-60, -45, -30, -15, 0], values: (_, at) => at.map(s => (s === 0 ? 'now' : `\u2212${-s} s`)) },
      { ...axis, size: 44, values: (_, values) => values.map(short) },
    ],
    series: [{}, ...series],
  };
  return new uPlot(options, [[], ...series.map(() => [])], element);
}

export class Charts {
  #samples = [];
  #flushes = [];
  #charts = {};

  constructor() {
    this.#create();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#create());
    const resized = new ResizeObserver(() => this.#resize());
    resized.observe(document.querySelector('.charts'));
  }

  /** Adds the values of a snapshot. */
  add(snapshot, rates) {
    const since = snapshot.at - 1000 * SECONDS;
    this.#samples.push({ at: snapshot.at, depth: snapshot.batcher.depth, ...rates });
    this.#flushes.push(...snapshot.flushes.filter(flush => flush.outcome !== 'THROTTLED')); // Nothing was transferred.
    this.#samples = this.#samples.filter(sample => sample.at >= since);
    this.#flushes = this.#flushes.filter(flush => flush.at >= since);
    this.#draw(snapshot.at);
  }

  forget() {
    this.#samples = [];
    this.#flushes = [];
  }

  #create() {
    Object.values(this.#charts).forEach(chart => chart.destroy());
    this.#charts = {
      depth: create('depth', 100, [line('--in', { fill: `${colour('--in')}26` })]),
      rate: create('rate', 100, [line('--in'), line('--out', { dash: [6, 4] })]),
      size: create('size', 100, [dots('--out', false), dots('--bad', true)]),
      time: create('time', 100, [dots('--out', false), dots('--bad', true)]),
    };
    this.#draw(this.#samples.at(-1)?.at ?? 0);
  }

  #draw(now) {
    const ago = list => list.map(one => (one.at - now) / 1000);
    const of = (list, pick) => list.map(pick);
    const both = pick => [
      ago(this.#flushes),
      of(this.#flushes, flush => (flush.outcome === 'HANDLED' ? pick(flush) : null)),
      of(this.#flushes, flush => (flush.outcome === 'FAILED' ? pick(flush) : null)),
    ];
    const { depth, rate, size, time } = this.#charts;
    depth.setData([ago(this.#samples), of(this.#samples, sample => sample.depth)]);
    rate.setData([ago(this.#samples), of(this.#samples, sample => sample.in), of(this.#samples, sample => sample.out)]);
    size.setData(both(flush => flush.size));
    time.setData(both(flush => flush.tookMillis));
  }

  #resize() {
    for (const chart of Object.values(this.#charts)) {
      const width = chart.root.parentElement.clientWidth;
      if (width !== chart.width) {
        chart.setSize({ width, height: HEIGHT });
      }
    }
  }
}
