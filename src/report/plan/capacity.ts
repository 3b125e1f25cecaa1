import type { CapacityDocument } from '../../experiment/plan/document.js';
import { count, dollars, latency, number, percent } from '../format.js';
import type { Cell, Facts, Grid } from '../layout.js';
import { FIGURE_COLUMNS, targetText } from './words.js';

/** The highest demand of a fleet and the goodput curve that leads to it. */
export function capacitySections(document: CapacityDocument): { title: string; sections: (Facts | Grid)[] } {
  const { scenario, target, curve } = document;
  const rated = curve.some(({ requestsPerSecond }) => requestsPerSecond !== null);
  const rows = curve.map((point): Cell[] => [
    { text: rated ? number(point.requestsPerSecond, 4) : `${number(point.factor, 4)} x` },
    ...FIGURE_COLUMNS.map(({ cell }) => cell(point)),
    { text: point.holds ? 'holds' : point.shortfalls.join(', '), tone: point.holds ? 'good' : 'bad' },
  ]);
  const head = [rated ? 'requests/s' : 'demand', ...FIGURE_COLUMNS.map((column) => column.head), 'target'];
  return {
    title: `goodput capacity of ${scenario.name}: ${targetText(target)}`,
    sections: [answer(document), { kind: 'grid', words: 0, head, rows }],
  };
}

function answer({ capacity, fleet, gpus, usdPerHour, simulation, version }: CapacityDocument): Facts {
  const pools = fleet.map(({ gpu, replicas, parallelism, role }) =>
    [`${count(replicas)} x`, gpu, parallelism, role === 'aggregated' ? null : role].filter(Boolean).join(' '),
  );
  const found: Cell[] =
    capacity === null
      ? [{ text: 'the fleet does not hold its target even at a hundredth of the demand', tone: 'bad' }]
      : [
          {
            text: `${capacity.requestsPerSecond === null ? '' : `${number(capacity.requestsPerSecond, 4)} requests/s, `}${number(capacity.factor, 4)} times the demand of the scenario, is the highest that holds`,
            tone: 'good',
          },
          ...(capacity.confirmation === null
            ? []
            : [
                {
                  text: `under ${count(capacity.confirmation.runs)} other seeds it holds in ${count(capacity.confirmation.held)}, with ${percent(capacity.confirmation.attainment)} good requests on average`,
                },
              ]),
          ...(capacity.failsAtFactor === null
            ? []
            : [{ text: `${number(capacity.failsAtFactor, 4)} times the demand fails`, tone: 'quiet' as const }]),
        ];
  return {
    kind: 'facts',
    facts: [
      { label: 'fleet', lines: [{ text: `${pools.join(' + ')}: ${count(gpus)} GPUs, ${dollars(usdPerHour)}/h` }] },
      { label: 'answer', lines: found },
      {
        label: 'simulation',
        lines: [{ text: `${latency(simulation.wallSeconds * 1000)}, goodput ${version}`, tone: 'quiet' }],
      },
    ],
  };
}
