// Draws docs/img/disaggregation.svg: the base rate at which 90 % of requests hold their limits, prefill and decode apart over both
// together on the same GPUs, by the limit on TPOT; the best of a small sweep of configurations on either side.
// Usage: npm run build && node bench/disaggregation.mjs [OUT.svg]   (ten minutes on one core)
import { writeFileSync } from 'node:fs';
import { loadScenario, simulate } from '../dist/index.js';
import { linePicture } from './line-picture.mjs';

const LIMITS_MS = [15, 20, 25, 30, 40, 50, 70, 100];
const ATTAINMENT = 0.9;
/** Rates are tried on a grid of this ratio. */
const STEP = 1.02;
const REPLICAS = 8;
const PARALLEL = { dp: { attentionDp: 4, moeEp: 4 }, tp: { tp: 4 } };

const pool = (replicas, of, more = {}) => ({ gpu: 'b200-sxm', replicas, parallelism: PARALLEL[of], ...more });
const together = Object.keys(PARALLEL).flatMap((of) =>
  [2048, 8192, 32768].map((maxBatchedTokens) => ({
    name: `${of}, budget ${maxBatchedTokens}`,
    pools: [pool(REPLICAS, of, { batching: { maxBatchedTokens } })],
  })),
);
const apart = Array.from({ length: REPLICAS - 1 }, (_, i) => i + 1).flatMap((prefill) =>
  Object.keys(PARALLEL).flatMap((ofPrefill) =>
    Object.keys(PARALLEL).map((ofDecode) => ({
      name: `${prefill} ${ofPrefill} + ${REPLICAS - prefill} ${ofDecode}`,
      pools: [
        pool(prefill, ofPrefill, { name: 'prefill', role: 'prefill' }),
        pool(REPLICAS - prefill, ofDecode, { name: 'decode', role: 'decode' }),
      ],
    })),
  ),
);

/** Loosest limit on TPOT, ms, that so many requests do not hold at a base rate: that share of them are within it and the TTFT. */
function tightest(scenario, { pools }, rate) {
  const [entry] = scenario.traffic;
  const traffic = [{ ...entry, arrivals: { ...entry.arrivals, rate } }];
  const within = [];
  let requests = 0;
  simulate(
    { ...scenario, traffic, factory: { ...scenario.factory, pools }, timeSeries: { interval: 'off' } },
    {
      onRecord: ({ outcome, arrivalSeconds, firstTokenSeconds, endSeconds, outputTokens }) => {
        if (arrivalSeconds < scenario.horizon.warmup) return;
        requests++;
        if (outcome !== 'completed' || firstTokenSeconds - arrivalSeconds > entry.slo.ttft) return;
        within.push((1000 * (endSeconds - firstTokenSeconds)) / (outputTokens - 1));
      },
    },
  );
  within.sort((a, b) => a - b);
  return within[Math.ceil(ATTAINMENT * requests) - 1] ?? Number.POSITIVE_INFINITY;
}

/** For each limit the highest rate, and the configuration that reaches it; whoever cannot beat the best so far is not looked at closely. */
function best(scenario, configurations) {
  const answers = LIMITS_MS.map(() => ({ steps: 0, name: 'none' }));
  for (const configuration of configurations) {
    const known = new Map();
    const holds = (steps, limit) => {
      if (!known.has(steps)) known.set(steps, tightest(scenario, configuration, STEP ** steps));
      return known.get(steps) <= limit;
    };
    LIMITS_MS.forEach((limit, i) => {
      const answer = answers[i];
      if (!holds(answer.steps + 1, limit)) return;
      let low = answer.steps + 1;
      let high = low + 16;
      while (holds(high, limit)) [low, high] = [high, high + 16];
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (holds(middle, limit)) low = middle;
        else high = middle;
      }
      answers[i] = { steps: low, name: configuration.name };
    });
  }
  return answers.map(({ steps, name }) => ({ rate: steps === 0 ? 0 : STEP ** steps, name }));
}

const WORKLOADS = [
  { file: '8k1k', name: '8,192 + 1,024 tokens', color: '#0969da' },
  { file: '1k1k', name: '1,024 + 1,024 tokens', color: '#bc4c00' },
];
const lines = [];
for (const { file, name, color } of WORKLOADS) {
  const { scenario } = await loadScenario(`scenarios/disaggregation/${file}-aggregated.yaml`);
  const [one, two] = [best(scenario, together), best(scenario, apart)];
  const points = LIMITS_MS.map((limit, i) => {
    const ratio = two[i].rate / one[i].rate;
    const title = `${name}, TPOT ${limit} ms: ${two[i].rate.toPrecision(3)}/s (${two[i].name}) against ${one[i].rate.toPrecision(3)}/s (${one[i].name})`;
    console.error(`${title}: ${ratio.toFixed(2)}`);
    return { x: limit, y: ratio, title, text: ratio.toFixed(2) };
  });
  lines.push({ name, color, nameAt: [points[4].x * 1.06, points[4].y + 0.1], points });
}
// Numbers stand away from the other line.
lines[0].points.forEach((point, i) => {
  const other = lines[1].points[i];
  point.above = point.y >= other.y;
  other.above = !point.above;
});
const top = Math.ceil(4 * Math.max(...lines.flatMap(({ points }) => points.map(({ y }) => y)))) / 4;
// Where limits are loose the lines are low.
lines.forEach((line, i) => {
  line.nameAt = [56, top - 0.12 * (i + 1)];
});
writeFileSync(
  process.argv[2] ?? 'docs/img/disaggregation.svg',
  linePicture({
    title: 'Requests/s that hold the limits: prefill and decode apart, over both together',
    subtitle: 'DeepSeek-R1 FP4, 32 B200, best configuration of each; demand triples for one of four minutes',
    label: 'Requests per second of a disaggregated over an aggregated fleet of the same price, by the limit on TPOT',
    below: 'limit on TPOT, ms (TTFT: 3 s for 8k, 1 s for 1k); 90 % of requests hold both',
    logX: true,
    x: LIMITS_MS.map((at) => ({ at, text: String(at) })),
    y: Array.from({ length: 4 * top - 1 }, (_, i) => 0.5 + i / 4).map((at) => ({
      at,
      text: `${at} x`,
      strong: at === 1,
    })),
    lines,
  }),
);
