// Times the reference scenarios against a bare loop and the reference mode, in one run.
// Usage: npm run bench [-- --quick] [-- --json FILE]; npm run bench -- sweep times threads instead, see sweep.mjs
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { IndexedHeap } from '../dist/engine/indexed-heap.js';
import { scenarioSchema, simulate, VERSION } from '../dist/index.js';
import { buildDemand } from '../dist/traffic/build.js';
import { kvAwareScenario, REQUESTS, referenceScenario } from './scenarios.mjs';

if (process.argv[2] === 'sweep') {
  await import('./sweep.mjs');
  process.exit();
}
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    json: { type: 'string' },
    case: { type: 'string' },
    repeats: { type: 'string' },
  },
});
const repeats = values.repeats === undefined ? (values.quick ? 2 : 5) : Number(values.repeats);
if (values.case !== undefined) {
  runCase(values.case);
  process.exit();
}

/** Requests per second at which one instance is busy all the time with a full batch: load is given relative to it. */
const capacity = saturatedRate();
const at = (instances, load, requests) => referenceScenario(instances, load * capacity * instances, requests);
const rows = [];
for (const instances of [1, 8, 64]) {
  for (const load of [0.4, 0.95]) {
    const name = `${instances} x 4 H200, ${load * 100} % load`;
    rows.push(measure(name, 'fast', at(instances, load)));
    if (instances !== 8) continue;
    rows.push(measure(name, 'reference mode', at(instances, load, REQUESTS / 10)));
    rows.push(measure(name, 'bare loop', at(instances, load)));
  }
}
for (const requests of values.quick ? [10_000, 100_000] : [10_000, 1_000_000]) {
  rows.push(measure(`8 x 4 H200, 40 % load, ${requests.toExponential()} requests`, 'fast', at(8, 0.4, requests)));
}
for (const instances of [256, 1024]) rows.push(measure(`${instances} x 4 H200, 40 % load`, 'fast', at(instances, 0.4)));
rows.push(
  measure('32 + 32 x 4 H200, prefill and decode, KV-aware routing', 'fast', kvAwareScenario(0.5 * 32 * capacity)),
);

console.log(`goodput ${VERSION}, Node ${process.version}; one instance saturates at ${capacity.toFixed(2)} requests/s`);
console.table(
  Object.fromEntries(
    rows.map(({ name, mode, requestsPerSecond, seconds, medianSeconds, requests, peakMegabytes }) => [
      `${name}, ${mode}`,
      {
        'requests/s': Math.round(requestsPerSecond).toLocaleString('en-US'),
        'us/request': ((1e6 * seconds) / requests).toFixed(2),
        'best s': seconds.toFixed(3),
        'median s': medianSeconds.toFixed(3),
        'peak MB': peakMegabytes,
      },
    ]),
  ),
);
if (values.json) writeFileSync(values.json, `${JSON.stringify({ version: VERSION, capacity, rows }, null, 2)}\n`);

/** A case in a process of its own, as a user would run it: what one case taught the compiler must not slow the next. */
function measure(name, mode, scenario) {
  const output = execFileSync(process.execPath, [import.meta.filename, '--case', mode, '--repeats', String(repeats)], {
    input: JSON.stringify(scenario),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const { requests, seconds, peakMegabytes } = JSON.parse(output);
  process.stderr.write(`${name}, ${mode}: ${seconds[0].toFixed(3)} s\n`);
  const best = seconds[0];
  const median = seconds[seconds.length >> 1];
  return {
    name,
    mode,
    requests,
    seconds: best,
    medianSeconds: median,
    requestsPerSecond: requests / best,
    peakMegabytes,
  };
}

/** The other side of {@link measure}: one run to warm up, then the times of the repeats, shortest first. */
function runCase(mode) {
  const scenario = scenarioSchema.parse(JSON.parse(readFileSync(0, 'utf8')));
  const work = mode === 'bare loop' ? () => bareLoop(scenario) : () => run(scenario, mode === 'reference mode');
  work();
  const seconds = [];
  let requests = 0;
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    requests = work();
    seconds.push((performance.now() - start) / 1000);
  }
  seconds.sort((a, b) => a - b);
  const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(JSON.stringify({ requests, seconds, peakMegabytes }));
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
