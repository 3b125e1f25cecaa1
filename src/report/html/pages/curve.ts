import type { Curve, CurvePoint } from '../../../experiment/compare/curve.js';
import { count, counted, dollars, latency, number, setting, WRITERS } from '../../format.js';
import { type ScatterOptions, type ScatterPoint, scatter } from '../chart/scatter.js';
import type { ChartFigure, DataTable, Section } from '../report.js';

const PER_USER = 'output tokens/s per user';

/** What everyone in the field reads: speed for a user against dollars per million tokens, one line for each fleet. */
export function curveSection(curve: Curve | null): Section[] {
  if (curve === null) return [];
  return [
    {
      title: 'Cost against speed',
      intro:
        'Closed loops of more and more users on each fleet, with the lengths of the demand: few users are served fast, many cheaply. The line joins the points that no other one of the same fleet beats.',
      charts: [curveChart(curve, 'curve'), curveChart(curve, 'density')],
      tables: [winnersTable(curve)],
    },
  ];
}

const CURVES = {
  curve: {
    path: 'usdPerMillionTotalTokens',
    label: '$ per million tokens, input + output',
    format: 'dollars',
    unit: 'USD',
  },
  density: {
    path: 'outputTokensPerSecondPerGpu',
    label: 'output tokens/s per GPU',
    format: 'number',
    unit: 'tokens/s',
  },
} as const;
type CurveFigure = (typeof CURVES)[keyof typeof CURVES]['path'];

/** The curve of each fleet: its points, the line of the efficient ones, and the configurations along it. */
export function curveChart({ fleets }: Curve, name: keyof typeof CURVES = 'curve'): ChartFigure {
  const { path, label, format, unit } = CURVES[name];
  const write = WRITERS[format];
  const shown = fleets.map((fleet, series) => ({ ...fleet, series }));
  const points = shown.flatMap(({ name: fleet, points: all, series }) => {
    const named = whereConfigsBegin(all);
    return all.flatMap((point): ScatterPoint[] => {
      const y = point[path];
      if (y === null) return [];
      const config = point.config === null ? '' : `, ${point.config}`;
      const tip = `${fleet}${config}, ${counted(point.users, 'user')}\n${PER_USER}: ${number(point.tokensPerSecondPerUser)}\n${label}: ${write(y)}\nTTFT p99: ${latency(point.ttftMsP99)}`;
      const called = named.has(point) ? { label: point.config ?? '' } : {};
      return [{ x: point.tokensPerSecondPerUser, y, series, tip, strong: point.efficient, ...called }];
    });
  });
  const configs = points.some((point) => point.label !== undefined);
  const source: ScatterOptions = {
    title: `${label} against ${PER_USER}`,
    // Points of the lines are drawn last, above all others.
    points: [...points].sort((a, b) => Number(a.strong) - Number(b.strong)),
    lines: shown.map(({ points: all, series }) => ({ series, points: efficientLine(all, path) })),
    x: { label: PER_USER, format: 'number' },
    y: { label, format },
    legend: shown.map(({ series, name: text }) => ({ series, name: text })),
  };
  return {
    name,
    title: `${label}, against speed for a user`,
    note: `${name === 'curve' ? 'Further down' : 'Further up'} and further right is better.${configs ? ' Names along a line say from where on another configuration is the best one.' : ''}`,
    svg: scatter(source),
    source,
    table: {
      name,
      title: label,
      head: [
        { label: 'fleet', words: true },
        { label: 'configuration', words: true },
        { label: 'users' },
        { label: PER_USER, unit: 'tokens/s' },
        { label, unit },
      ],
      rows: shown.flatMap(({ name: fleet, points: all }) =>
        all.map((point) => [
          { text: fleet },
          { text: point.config ?? '' },
          { text: count(point.users), value: point.users },
          { text: number(point.tokensPerSecondPerUser), value: point.tokensPerSecondPerUser },
          { text: write(point[path]), value: point[path] },
        ]),
      ),
    },
  };
}

/** The efficient points from which on, by rising speed, another configuration is the best one. */
function whereConfigsBegin(points: readonly CurvePoint[]): Set<CurvePoint> {
  const along = points
    .filter(({ efficient }) => efficient)
    .sort((a, b) => a.tokensPerSecondPerUser - b.tokensPerSecondPerUser);
  return new Set(along.filter(({ config }, i) => config !== null && along[i - 1]?.config !== config));
}

function efficientLine(points: readonly CurvePoint[], figure: CurveFigure): { x: number; y: number }[] {
  return points
    .flatMap((point) => {
      const y = point[figure];
      return y === null || !point.efficient ? [] : [{ x: point.tokensPerSecondPerUser, y }];
    })
    .sort((a, b) => a.x - b.x);
}

/**
 * Which fleet is cheapest at which speed and by how much, in sentences; none where nothing is known.
 *
 * @example curveAdvantage(curve) // ['At the same speed for users, B200 is the cheapest from 15 to 150 tokens/s: ...']
 */
export function curveAdvantage(curve: Curve | null): string[] {
  const ranges: { winner: string; speeds: number[]; advantages: number[] }[] = [];
  for (const { winner, tokensPerSecondPerUser: speed, advantage } of curve?.winners ?? []) {
    if (winner === null) continue;
    const last = ranges.at(-1);
    const range = last?.winner === winner ? last : { winner, speeds: [], advantages: [] };
    if (range !== last) ranges.push(range);
    range.speeds.push(speed);
    if (advantage !== null) range.advantages.push(advantage);
  }
  if (ranges.length === 0) return [];
  const texts = ranges.map(
    ({ winner, speeds, advantages }) => `${winner} ${between(speeds, setting)} tokens/s${timesText(advantages)}`,
  );
  return [`Cheapest at the same speed for users: ${texts.join('; ')}.`];
}

function between(values: readonly number[], write: (value: number) => string): string {
  const [low, high] = [write(Math.min(...values)), write(Math.max(...values))];
  return low === high ? `at ${low}` : `from ${low} to ${high}`;
}

function timesText(advantages: readonly number[]): string {
  if (advantages.length === 0) return ' (no other is as fast)';
  const [low, high] = [number(Math.min(...advantages)), number(Math.max(...advantages))];
  return ` (the next one costs ${low === high ? low : `${low} to ${high}`} times as much)`;
}

/** Which fleet is cheapest at which speed. */
function winnersTable({ fleets, winners }: Curve): DataTable {
  return {
    name: 'winners',
    title: 'Cheapest fleet by the speed that users want',
    head: [
      { label: PER_USER, unit: 'tokens/s', words: true },
      ...fleets.map(({ name }) => ({ label: `${name}, $ per million tokens`, unit: 'USD' })),
      { label: 'cheapest', words: true },
      { label: 'second best costs' },
    ],
    rows: winners.map(({ tokensPerSecondPerUser, usdPerMillionTotalTokens, winner, advantage }) => [
      { text: `at least ${setting(tokensPerSecondPerUser)}`, value: tokensPerSecondPerUser },
      ...fleets.map(({ name }) => {
        const value = usdPerMillionTotalTokens[name] ?? null;
        return { text: dollars(value), value, tone: name === winner ? ('good' as const) : undefined };
      }),
      { text: winner ?? 'none is that fast' },
      { text: advantage === null ? '' : `${number(advantage)} times as much`, value: advantage },
    ]),
  };
}
