import type { ResultDocument } from '../experiment/result.js';
import type { TrafficClass } from '../scenario/schema.js';
import { count, halfWidth, latency, latencyLimit, number, percent } from './format.js';
import type { Cell, Grid } from './layout.js';
import { limitText, SLO_TERMS, within } from './slo-mark.js';

/** More classes than this do not fit on a screen; those that keep their SLO worst are shown. */
const MOST_CLASSES = 12;

/** One row per class: how much of it was good, and its tail latencies against its SLO. */
export function classGrid({ scenario, summary, intervals }: ResultDocument): Grid {
  const { traffic } = scenario;
  const terms = SLO_TERMS.filter(({ slo }) => slo !== 'e2e' || traffic.some((entry) => entry.slo[slo] !== undefined));
  // Three latencies with their limits leave no room for it.
  const roomy = terms.length < SLO_TERMS.length;
  const attainment = ({ name }: TrafficClass) => summary.goodput.byClass[name]?.attainment ?? 1;
  const shown =
    traffic.length <= MOST_CLASSES
      ? traffic
      : [...traffic].sort((a, b) => attainment(a) - attainment(b)).slice(0, MOST_CLASSES - 1);

  const rows = shown.map(({ name, slo }): Cell[] => {
    const goodput = summary.goodput.byClass[name];
    const latencies = summary.classes[name];
    const tails = terms.map((term) => tail(latencies?.[term.latency].p99 ?? null, slo[term.slo]));
    return [
      { text: name },
      ...(roomy ? [{ text: count(latencies?.requests.arrived) }] : []),
      {
        text: [percent(goodput?.attainment), halfWidth(intervals?.goodput.byClass[name]?.attainment, percent)]
          .join(' ')
          .trim(),
      },
      { text: number(goodput?.requestsPerSecond) },
      { text: number(goodput?.outputTokensPerSecond) },
      ...tails,
    ];
  });
  if (shown.length < traffic.length) {
    const text = `${count(traffic.length - shown.length)} better ones`;
    rows.push([{ text, tone: 'quiet' }, ...rows[0].slice(1).map(() => ({ text: '' }))]);
  }
  const tails = terms.map(({ name }) => `${name} p99`);
  return {
    kind: 'grid',
    head: ['class', ...(roomy ? ['requests'] : []), 'good', 'good/s', 'good tok/s', ...tails],
    rows,
  };
}

function tail(milliseconds: number | null, limitSeconds: number | undefined): Cell {
  const text = latency(milliseconds);
  if (limitSeconds === undefined) return { text };
  if (milliseconds === null) return { text: `${text} (${limitText(limitSeconds)})` };
  const held = within(milliseconds, limitSeconds);
  return held
    ? { text: `${text} ${limitText(limitSeconds)} ✓`, tone: 'good' }
    : { text: `${text} > ${latencyLimit(limitSeconds)} ✗`, tone: 'bad' };
}
