import type { ClassDistributions, ResultDocument } from '../../../experiment/result.js';
import { counted, latency, percent } from '../../format.js';
import { limitText } from '../../slo-mark.js';
import { SERIES } from '../chart/frame.js';
import { type ScatterOptions, type ScatterPoint, scatter } from '../chart/scatter.js';
import type { ChartFigure } from '../report.js';

const PANELS = [
  { key: 'ttftMs', slo: 'ttft', name: 'ttft', title: 'Time to first token (TTFT)' },
  { key: 'tpotMs', slo: 'tpot', name: 'tpot', title: 'Time per output token (TPOT)' },
  { key: 'e2eMs', slo: 'e2e', name: 'e2e', title: 'End to end (E2E)' },
] as const;

/** Which share of the requests was served how fast, against the SLO; a line for each class. Older results do not know. */
export function distributionCharts({ distributions, scenario, summary }: ResultDocument): ChartFigure[] {
  // Results of older versions have none.
  const known: ResultDocument['distributions'] | undefined = distributions;
  if (known === undefined) return [];
  const { traffic } = scenario;
  const lines = traffic.slice(0, SERIES).map(({ name, slo }, series) => {
    const of: ClassDistributions = traffic.length === 1 ? known : (known.byClass?.[name] ?? known);
    return { name, slo, series, of };
  });
  return PANELS.filter(({ slo }) => slo !== 'e2e' || traffic.some((entry) => entry.slo.e2e !== undefined)).map(
    ({ key, slo: term, name, title }) => {
      const curves = lines.map(({ of, ...line }) => ({ ...line, points: pointsOf(of[key], known.shares) }));
      const limits = limitsOf(curves.map(({ slo, name: called, series }) => ({ limit: slo[term], called, series })));
      const source: ScatterOptions = {
        title: `${title}: share of requests`,
        points: curves.flatMap(({ points, series, name: called }) =>
          points.map(
            ({ x, y }): ScatterPoint => ({
              x,
              y,
              series,
              tip: `${traffic.length === 1 ? '' : `${called}\n`}${percent(y)} of requests: at most ${latency(x)}`,
            }),
          ),
        ),
        lines: curves.map(({ points, series }) => ({ points, series })),
        rules: limits,
        x: { label: 'latency', format: 'latency', log: true },
        y: { label: 'share of requests', format: 'percent', log: false },
        legend: traffic.length === 1 ? [] : curves.map(({ series, name: called }) => ({ series, name: called })),
        radius: 2.5,
      };
      const left = summary.requests.arrived - summary.requests.completed;
      return {
        name: `distribution-${name}`,
        title: `${title}: how many were served how fast`,
        note: `Share of the completed requests that took at most so long.${limits.length === 0 ? '' : ' Where a line meets the upright one of its SLO is the share that holds it.'}${left > 0 ? ` ${counted(left, 'request')} not completed: in no line.` : ''}`,
        svg: scatter(source),
        source,
        table: {
          name: `distribution-${name}`,
          title: `${title} by share of requests`,
          head: [
            { label: 'share', unit: 'share', words: true },
            ...curves.map(({ name: called }) => ({ label: called, unit: 'ms' })),
          ],
          rows: known.shares.map((share, k) => [
            { text: percent(share), value: share },
            ...lines.map(({ of }) => ({ text: latency(of[key][k]), value: of[key][k] })),
          ]),
        },
      };
    },
  );
}

/** One line for each value; classes that have it in common share it. */
function limitsOf(all: readonly { limit: number | undefined; called: string; series: number }[]) {
  const values = [...new Set(all.flatMap(({ limit }) => (limit === undefined ? [] : [limit])))].sort((a, b) => a - b);
  return values.map((value) => {
    const classes = all.filter(({ limit }) => limit === value);
    const names = all.length === 1 ? 'SLO' : classes.map(({ called }) => called).join(', ');
    const own = all.length > 1 && classes.length === 1 ? { series: classes[0].series } : {};
    return { value: value * 1000, text: `${names} ${limitText(value)}`, ...own };
  });
}

function pointsOf(values: readonly (number | null)[], shares: readonly number[]): { x: number; y: number }[] {
  return shares.flatMap((y, k) => {
    const x = values[k];
    return x === null || x <= 0 ? [] : [{ x, y }];
  });
}
