// Times the reference scenarios against a bare loop and the reference mode, in one run.
// Usage: npm run bench [-- --quick] [-- --json FILE]
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { IndexedHeap } from '../dist/engine/indexed-heap.js';
import { scenarioSchema, simulate, VERSION } from '../dist/index.js';
import { buildDemand } from '../dist/traffic/build.js';
import { REQUESTS, referenceScenario } from './scenarios.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'string' } } });
const repeats = values.quick ? 1 : 5;

/** Requests per second at which one instance is busy all the time with a full batch: load is given relative to it. */
const capacity = saturatedRate();
const rows = [];
for (const instances of [1, 8, 64]) {
  for (const load of [0.4, 0.95]) {
    const scenario = scenarioSchema.parse(referenceScenario(instances, load * capacity * instances));
    const name = `${instances} x 4 H200, ${load * 100} % load`;
    rows.push(measure(name, 'fast', () => run(scenario, false)));
    if (instances === 8) {
      const few = scenarioSchema.parse(referenceScenario(instances, load * capacity * instances, REQUESTS / 20));
      rows.push(measure(name, 'reference mode', () => run(few, true)));
      rows.push(measure(name, 'bare loop', () => bareLoop(scenario)));
    }
  }
}
for (const requests of values.quick ? [10_000, 100_000] : [10_000, 1_000_000, 10_000_000]) {
  const scenario = scenarioSchema.parse(referenceScenario(8, 0.4 * capacity * 8, requests));
  rows.push(measure(`8 x 4 H200, 40 % load, ${requests.toExponential()} requests`, 'fast', () => run(scenario, false)));
}
for (const instances of [256, 1024]) {
  const scenario = scenarioSchema.parse(referenceScenario(instances, 0.4 * capacity * instances));
  rows.push(measure(`${instances} x 4 H200, 40 % load`, 'fast', () => run(scenario, false)));
}

console.log(`goodput ${VERSION}, Node ${process.version}; one instance saturates at ${capacity.toFixed(2)} requests/s`);
console.table(
  Object.fromEntries(
    rows.map(({ name, mode, requestsPerSecond, seconds, requests, peakMegabytes }) => [
      `${name}, ${mode}`,
      {
        'requests/s': Math.round(requestsPerSecond).toLocaleString('en-US'),
        'us/request': ((1e6 * seconds) / requests).toFixed(2),
        seconds: seconds.toFixed(3),
        'peak MB': peakMegabytes,
      },
    ]),
  ),
);
if (values.json) writeFileSync(values.json, `${JSON.stringify({ version: VERSION, capacity, rows }, null, 2)}\n`);

/** The median of a few runs after one to warm up. */
function measure(name, mode, work) {
  work();
  const seconds = [];
  let requests = 0;
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    requests = work();
    seconds.push((performance.now() - start) / 1000);
  }
  seconds.sort((a, b) => a - b);
  const median = seconds[seconds.length >> 1];
  const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stderr.write(`${name}, ${mode}: ${median.toFixed(3)} s\n`);
  return { name, mode, requests, seconds: median, requestsPerSecond: requests / median, peakMegabytes };
}

function run(scenario, reference) {
  return simulate(scenario, { reference }).summary.requests.arrived;
}

/** The least any simulator could do: draw the same arrivals and lengths, and pass each request through one heap. */
function bareLoop(scenario) {
  const [{ source }] = buildDemand(scenario.traffic, { seed: scenario.seed, replication: 0, openFile: () => [] });
  const heap = new IndexedHeap(1024);
  const free = Array.from({ length: 1024 }, (_, i) => i);
  const { requests } = scenario.horizon;
  for (let i = 0; i < requests; i++) {
    source.next();
    while (heap.size > 0 && heap.topKey <= source.arrivalSeconds) free.push(heap.pop());
    const slot = free.pop() ?? 1024 + i;
    heap.set(slot, source.arrivalSeconds + 0.01 * source.outputTokens + 1e-4 * source.inputTokens, slot);
  }
  return requests;
}

function saturatedRate() {
  const scenario = scenarioSchema.parse({
    ...referenceScenario(1, 1),
    horizon: { requests: 5000 },
    traffic: [{ ...referenceScenario(1, 1).traffic[0], arrivals: { process: 'closed-loop', users: 256 } }],
  });
  return simulate(scenario).summary.throughput.requestsPerSecond;
}
