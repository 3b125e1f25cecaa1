// Draws docs/img/startup-cliff.svg from a sweep of scenarios/sweeps/startup-cliff.yaml.
// Usage: npx goodput sweep scenarios/sweeps/startup-cliff.yaml --out FOLDER && node bench/startup-cliff.mjs FOLDER [OUT.svg]
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { linePicture } from './line-picture.mjs';

const [folder, out = 'docs/img/startup-cliff.svg'] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node bench/startup-cliff.mjs FOLDER [OUT.svg]');
const seconds = (text) => Number.parseFloat(text) * (text.endsWith('m') ? 60 : 1);
const points = parse(readFileSync(`${folder}/sweep.csv`), { columns: true }).map((row) => ({
  variant: row.variant,
  minutes: seconds(row['factory.startup']) / 60,
  good: Number(row['goodput.attainment']),
  dollars: Number(row['cost.usdPerMillionGoodOutputTokens']),
}));
const of = (variant) => points.filter((point) => point.variant === variant).sort((a, b) => a.minutes - b.minutes);
const percent = (share) => `${Math.round(100 * share)} %`;
const line = (variant, name, color, nameAt, marked, above) => ({
  name,
  color,
  nameAt,
  points: of(variant).map(({ minutes, good, dollars }) => ({
    x: minutes,
    y: dollars,
    above,
    text: marked.includes(minutes) ? percent(good) : undefined,
    title: `${name}, ${minutes.toPrecision(3)} min: $${dollars.toFixed(3)} per million good output tokens, ${percent(good)} good`,
  })),
});
const [fixed] = of('fixed');
writeFileSync(
  out,
  linePicture({
    title: '$ per million good output tokens, by the start-up time of a replica',
    subtitle: 'Qwen3-32B on H100, six times the load for 5 of every 20 minutes; at the dots: requests within the SLO',
    label:
      'Dollars per million good output tokens by start-up time, for three planner policies and a fleet that keeps its size',
    below: 'start-up time of a replica',
    x: [0, 1, 2, 3, 4, 5, 6, 7].map((at) => ({ at, text: `${at} min` })),
    y: [0, 1, 2, 3, 4, 5].map((at) => ({ at, text: `$${at}` })),
    lines: [
      line('throughput', 'throughput', '#0969da', [5.6, 3.25], [3, 4, 5], false),
      line('load', 'load', '#bc4c00', [4.2, 4.2], [2, 3, 4, 5], true),
      line('clock', 'schedule, two minutes ahead', '#1a7f37', [3.4, 0.12], [2, 5], false),
    ],
    rule: {
      y: fixed.dollars,
      text: `six replicas all the time: $${fixed.dollars.toFixed(2)}, ${percent(fixed.good)} good`,
    },
  }),
);
