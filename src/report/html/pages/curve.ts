import type { Curve, CurvePoint } from '../../../experiment/compare/curve.js';
import { count, dollars, latency, type Maybe, number } from '../../format.js';
import { type ScatterPoint, scatter } from '../chart/scatter.js';
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
      charts: [
        curveChart(curve, 'curve', 'usdPerMillionTotalTokens', '$ per million tokens, input + output', dollars),
        curveChart(curve, 'density', 'outputTokensPerSecondPerGpu', 'output tokens/s per GPU', number),
      ],
      tables: [winnersTable(curve)],
    },
  ];
}

type CurveFigure = 'usdPerMillionTotalTokens' | 'outputTokensPerSecondPerGpu';

function curveChart(
  { fleets }: Curve,
  name: string,
  figure: CurveFigure,
  label: string,
  write: (value: Maybe) => string,
): ChartFigure {
  const shown = fleets.map((fleet, series) => ({ ...fleet, series }));
  const points = shown.flatMap(({ name: fleet, points: all, series }) =>
    all.flatMap((point): ScatterPoint[] => {
      const y = point[figure];
      if (y === null) return [];
      const config = point.config === null ? '' : `, ${point.config}`;
      const tip = `${fleet}${config}, ${count(point.users)} users\n${PER_USER}: ${number(point.tokensPerSecondPerUser)}\n${label}: ${write(y)}\nTTFT p99: ${latency(point.ttftMsP99)}`;
      return [{ x: point.tokensPerSecondPerUser, y, series, tip, strong: point.efficient }];
    }),
  );
  return {
    name,
    title: `${label}, against speed for a user`,
    note: `${figure === 'usdPerMillionTotalTokens' ? 'Further down' : 'Further up'} and further right is better.`,
    svg: scatter({
      title: `${label} against ${PER_USER}`,
      points,
      lines: shown.map(({ points: all, series }) => ({ series, points: efficientLine(all, figure) })),
      x: { label: PER_USER, write: number },
      y: { label, write },
      legend: shown,
    }),
    table: {
      name,
      title: label,
      head: [
        { label: 'fleet', words: true },
        { label: 'configuration', words: true },
        { label: 'users' },
        { label: PER_USER, unit: 'tokens/s' },
        { label, unit: figure === 'usdPerMillionTotalTokens' ? 'USD' : 'tokens/s' },
      ],
      rows: shown.flatMap(({ name: fleet, points: all }) =>
        all.map((point) => [
          { text: fleet },
          { text: point.config ?? '' },
          { text: count(point.users), value: point.users },
          { text: number(point.tokensPerSecondPerUser), value: point.tokensPerSecondPerUser },
          { text: write(point[figure]), value: point[figure] },
        ]),
      ),
    },
  };
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
 * Which fleet is cheapest at which speed, in a sentence; empty where nothing is known.
 *
 * @example winnersText(curve) // ['Cheapest by the speed that users want: B200 from 15.0 to 200 output tokens/s per user.']
 */
export function winnersText(curve: Curve | null): string[] {
  const ranges: { winner: string; from: number; to: number }[] = [];
  for (const { winner, tokensPerSecondPerUser: speed } of curve?.winners ?? []) {
    const last = ranges.at(-1);
    if (winner === null) continue;
    if (last?.winner === winner) last.to = speed;
    else ranges.push({ winner, from: speed, to: speed });
  }
  if (ranges.length === 0) return [];
  const texts = ranges.map(({ winner, from, to }) =>
    from === to ? `${winner} at ${number(from)}` : `${winner} from ${number(from)} to ${number(to)}`,
  );
  return [`Cheapest by the speed that users want: ${texts.join(', ')} output tokens/s per user.`];
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
      { text: number(tokensPerSecondPerUser), value: tokensPerSecondPerUser },
      ...fleets.map(({ name }) => {
        const value = usdPerMillionTotalTokens[name] ?? null;
        return { text: dollars(value), value, tone: name === winner ? ('good' as const) : undefined };
      }),
      { text: winner ?? 'none is that fast' },
      { text: advantage === null ? '' : `${number(advantage)} times as much`, value: advantage },
    ]),
  };
}
