// Draws docs/img/bursts.svg: a trace, its fit, gamma and Poisson on the same fleet, with what each predicts.
// Usage: npm run build && node bench/bursts.mjs TRACE.csv [OUT.svg]
import { writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileOpener, loadScenario, simulate } from '../dist/index.js';

const [trace, out = 'docs/img/bursts.svg'] = process.argv.slice(2);
if (trace === undefined) throw new Error('usage: node bench/bursts.mjs TRACE.csv [OUT.svg]');
const { scenario } = await loadScenario('scenarios/bursts.yaml');
const { preset: _, ...code } = scenario.traffic[0];
const rate = 2.567;
const as = (arrivals, lengths = code) => ({ ...scenario, traffic: [{ ...lengths, arrivals }] });
const { input: _in, output: _out, correlation: _c, ...bare } = code;
const rows = [
  ['the trace', { ...as({ process: 'trace', file: basename(trace) }, bare), horizon: undefined, replications: 1 }],
  ['fitted: mmpp, 3 states', scenario],
  ["gamma, the trace's CV 13.2", as({ process: 'gamma', rate, cv: 13.15 })],
  ['Poisson', as({ process: 'poisson', rate })],
];
const SLICE = 10;
const WIDTH = 960;
const ROW = 112;
const LEFT = 40;
const PLOT = 640;
const SLICES = 344;
const played = rows.map(([name, input]) => {
  const counts = new Array(SLICES).fill(0);
  const { summary } = simulate(input, {
    openFile: fileOpener(dirname(resolve(trace))),
    onRecord: ({ arrivalSeconds }) => {
      const slice = Math.floor(arrivalSeconds / SLICE);
      if (slice < SLICES) counts[slice]++;
    },
  });
  const p99 = summary.ttftMs.p99;
  console.error(name, 'TTFT p99', p99, 'ms; good', summary.goodput.attainment);
  return { name, counts, p99, good: summary.goodput.attainment };
});
const top = Math.max(...played[0].counts, ...played[1].counts);
const parts = played.map(({ name, counts, p99, good }, i) => {
  const base = 60 + i * ROW + 80;
  const color = ['#1f5fa8', '#c8502b', '#6f8f3a', '#888888'][i];
  const bars = counts.map((count, k) => {
    const height = Math.min(80, (80 * count) / top);
    const x = LEFT + (k * PLOT) / SLICES;
    return count === 0 ? '' : `M${x.toFixed(1)} ${base}v${(-height).toFixed(1)}`;
  });
  const clipped = Math.max(...counts) > top ? ` (up to ${Math.max(...counts)})` : '';
  return [
    `<text x="${LEFT}" y="${base - 88}" font-weight="bold" fill="${color}">${name}${clipped}</text>`,
    `<path d="${bars.join('')}" stroke="${color}" stroke-width="1.7" fill="none"/>`,
    `<line x1="${LEFT}" x2="${LEFT + PLOT}" y1="${base}" y2="${base}" stroke="#999999"/>`,
    `<text x="${LEFT - 6}" y="${base}" text-anchor="end" fill="#555555">0</text>`,
    `<text x="${LEFT - 6}" y="${base - 72}" text-anchor="end" fill="#555555">${top}</text>`,
    `<text x="${LEFT + PLOT + 30}" y="${base - 42}" font-size="22" font-weight="bold" fill="${color}">${(p99 / 1000).toPrecision(p99 < 1000 ? 2 : 3)} s</text>`,
    `<text x="${LEFT + PLOT + 130}" y="${base - 42}" font-size="22" font-weight="bold" fill="${color}">${(100 * good).toFixed(good > 0.995 ? 1 : 0)} %</text>`,
  ].join('\n');
});
const height = 60 + rows.length * ROW + 24;
writeFileSync(
  out,
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="24" font-size="15" font-weight="bold">One hour, 2.57 requests/s: arrivals per ${SLICE} s, and what the same fleet makes of them</text>`,
    `<text x="${LEFT + PLOT + 30}" y="46" fill="#555555">TTFT p99</text><text x="${LEFT + PLOT + 130}" y="46" fill="#555555">requests good</text>`,
    ...parts,
    `<text x="${LEFT}" y="${height - 10}" fill="#555555">0</text><text x="${LEFT + PLOT}" y="${height - 10}" text-anchor="end" fill="#555555">57 min</text>`,
    '</svg>',
    '',
  ].join('\n'),
);
