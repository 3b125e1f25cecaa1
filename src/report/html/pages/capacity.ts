import type { CapacityDocument, CapacityPoint } from '../../../experiment/plan/document.js';
import { count, dollars, latency, number, percent, WRITERS, type Writer } from '../../format.js';
import { targetText } from '../../plan/words.js';
import { type ScatterOptions, scatter } from '../chart/scatter.js';
import { demandStatements } from '../demand-statements.js';
import type { ChartFigure, Report } from '../report.js';
import { modelText, restsOn, shortfallText } from './plan.js';

/** The report of a fleet's capacity: the highest demand that it holds, and how it gets there. */
export function capacityReport(document: CapacityDocument): Report {
  const { scenario, target, capacity, fleet, gpus, usdPerHour, version, notes, curve } = document;
  const pools = fleet.map(({ replicas, gpu, parallelism, role }) =>
    [`${count(replicas)} ×`, gpu ?? 'GPU', parallelism, fleet.length > 1 ? role : '']
      .filter((word) => word !== '')
      .join(' '),
  );
  return {
    kind: 'plan',
    title: `${scenario.name}: ${targetText(target)}`,
    headline:
      capacity === null
        ? 'The fleet does not hold its target even at a hundredth of the demand.'
        : `The fleet holds up to ${rateText(capacity)}, ${number(capacity.factor)} times the demand of the scenario.`,
    tone: capacity === null ? 'bad' : capacity.factor >= 1 ? 'good' : 'warning',
    reasons: [
      `${pools.join(' + ')}: ${count(gpus)} GPUs, ${dollars(usdPerHour)} an hour.`,
      ...(capacity?.failsAtFactor == null ? [] : [`${number(capacity.failsAtFactor)} times the demand fails.`]),
    ],
    tiles:
      capacity === null
        ? []
        : [
            {
              label: 'highest demand',
              value: number(capacity.requestsPerSecond ?? capacity.factor),
              note: capacity.requestsPerSecond === null ? 'times that of the scenario' : 'requests/s',
            },
            { label: 'requests within their SLO there', value: percent(capacity.atLimit.attainment) },
            { label: 'TTFT p99 there', value: latency(capacity.atLimit.ttftMsP99) },
            { label: 'TPOT p99 there', value: latency(capacity.atLimit.tpotMsP99) },
            { label: '$ per million output tokens there', value: dollars(capacity.atLimit.usdPerMillionOutputTokens) },
          ],
    sureness: [
      capacity?.confirmation == null
        ? { label: 'Chance', text: 'Simulated under one seed only.', tone: 'warning' }
        : {
            label: 'Chance',
            text: `Under ${count(capacity.confirmation.runs)} other seeds it holds in ${count(capacity.confirmation.held)}, with ${percent(capacity.confirmation.attainment)} of requests within their SLO on average.`,
            tone: capacity.confirmation.held === capacity.confirmation.runs ? 'good' : 'warning',
          },
      ...(capacity === null
        ? []
        : restsOn(capacity.atLimit, 'The highest demand may be off by about as much as TPOT.')),
    ],
    assumptions: [
      { label: 'target', text: targetText(target) },
      { label: 'model', text: modelText(scenario) },
      ...demandStatements(scenario.traffic),
      { label: 'prices', text: scenario.economics.prices },
      ...notes.map((text) => ({ label: 'note', text })),
    ],
    sections: [
      {
        title: 'On the way there',
        charts: [
          curveChart(curve, 'attainment', 'requests within their SLO', 'percent', ({ attainment }) => attainment),
          curveChart(curve, 'ttft', 'TTFT p99', 'latency', ({ ttftMsP99 }) => ttftMsP99),
          curveChart(curve, 'tpot', 'TPOT p99', 'latency', ({ tpotMsP99 }) => tpotMsP99),
          curveChart(curve, 'cost', '$ per million output tokens', 'dollars', (of) => of.usdPerMillionOutputTokens),
        ],
      },
    ],
    version,
    data: document,
  };
}

function rateText({ requestsPerSecond, factor }: Pick<CapacityPoint, 'requestsPerSecond' | 'factor'>): string {
  return requestsPerSecond === null ? `${number(factor)} times the demand` : `${number(requestsPerSecond)} requests/s`;
}

function curveChart(
  curve: readonly CapacityPoint[],
  name: string,
  label: string,
  format: Writer,
  pick: (point: CapacityPoint) => number | null,
): ChartFigure {
  const write = WRITERS[format];
  const rated = curve.some(({ requestsPerSecond }) => requestsPerSecond !== null);
  const demand = (point: CapacityPoint) => (rated ? (point.requestsPerSecond ?? 0) : point.factor);
  const x = rated ? 'requests/s' : 'times the demand';
  const points = curve.flatMap((point) => {
    const y = pick(point);
    const tip = `${rateText(point)}\n${label}: ${write(y)}\n${point.holds ? 'holds' : point.shortfalls.map(shortfallText).join(', ')}`;
    return y === null ? [] : [{ x: demand(point), y, series: point.holds ? 0 : 1, tip }];
  });
  const source: ScatterOptions = {
    title: label,
    points,
    lines: [{ points }],
    x: { label: x, format: 'number' },
    y: { label, format },
    legend: [
      { series: 0, name: 'holds' },
      { series: 1, name: 'does not hold' },
    ],
  };
  return {
    name,
    title: `${label}, by demand`,
    note: 'Each mark is a simulation at that demand.',
    svg: scatter(source),
    source,
    table: {
      name,
      title: label,
      head: [{ label: x, words: true }, { label }, { label: 'target', words: true }],
      rows: curve.map((point) => [
        { text: number(demand(point)), value: demand(point) },
        { text: write(pick(point)), value: pick(point) },
        {
          text: point.holds ? 'holds' : point.shortfalls.map(shortfallText).join(', '),
          tone: point.holds ? ('good' as const) : ('bad' as const),
        },
      ]),
    },
  };
}
