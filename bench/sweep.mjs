// Times a sweep of a thousand short points with one thread and with several: how much of the cores reaches the points.
// Usage: npm run bench -- sweep [--points 1000] [--workers 2] [--rounds 3]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inlineExecutor, poolExecutor, runAll } from '../dist/experiment/sweep/executor.js';
import { loadSweep, taskOf } from '../dist/experiment/sweep/load-sweep.js';
import { PointsFile } from '../dist/report/sweep/points-file.js';

/** Requests of a point: some 20 ms of computing. */
const REQUESTS = 8500;

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    points: { type: 'string', default: '1000' },
    workers: { type: 'string', default: String(availableParallelism()) },
    rounds: { type: 'string', default: '3' },
    case: { type: 'string' },
    folder: { type: 'string' },
  },
});
if (values.case !== undefined) {
  await runCase(Number(values.case), values.folder);
  process.exit();
}

const folder = mkdtempSync(join(tmpdir(), 'goodput-bench-'));
try {
  writeFileSync(
    join(folder, 'grid.yaml'),
    `base: ${join(import.meta.dirname, '..', 'scenarios', 'quickstart.yaml')}
axes:
  - { path: horizon, values: [{ requests: ${REQUESTS} }] }
  - { path: seed, range: { from: 1, to: ${values.points}, step: 1 } }
`,
  );
  const many = Number(values.workers);
  const best = new Map();
  // Turn by turn, so that what else the machine does meets all cases alike; and compared within a turn, since its speed drifts.
  const ratios = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    let alone;
    for (const workers of [0, 1, many]) {
      const measured = measure(workers);
      if (workers === 1) alone = measured;
      if (workers === many) ratios.push(alone.seconds / (many * measured.seconds));
      const known = best.get(workers);
      if (known === undefined || measured.seconds < known.seconds) best.set(workers, measured);
      process.stderr.write(
        `${workers} threads: ${measured.seconds.toFixed(2)} s, CPU ${measured.cpuSeconds.toFixed(2)} s\n`,
      );
    }
  }
  ratios.sort((a, b) => a - b);
  const efficiency = { 1: 1, [many]: ratios[ratios.length >> 1] };
  console.table(
    Object.fromEntries(
      [...best].map(([workers, { seconds, cpuSeconds, startSeconds }]) => [
        workers === 0 ? 'no threads' : `${workers} threads`,
        {
          'best s': seconds.toFixed(2),
          'CPU ms per point': ((1000 * cpuSeconds) / Number(values.points)).toFixed(2),
          'start s': startSeconds.toFixed(2),
          'median efficiency': workers === 0 ? '' : `${(100 * efficiency[workers]).toFixed(1)} %`,
        },
      ]),
    ),
  );
} finally {
  rmSync(folder, { recursive: true });
}

/** A sweep in a process of its own. */
function measure(workers) {
  const words = [import.meta.filename, '--case', String(workers), '--folder', folder];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' }));
}

/** The other side of {@link measure}: what goodput sweep does between reading its file and writing its tables. */
async function runCase(workers, at) {
  const start = performance.now();
  const sweep = loadSweep(join(at, 'grid.yaml'));
  const executor = workers === 0 ? inlineExecutor() : poolExecutor(workers);
  const file = new PointsFile(join(at, `points-${workers}-${process.pid}.jsonl`));
  let firstMs;
  await runAll(
    executor.workers,
    sweep.points,
    (point) => executor.runPoint(taskOf(sweep, point)),
    (_, { line, failed }) => {
      firstMs ??= performance.now();
      if (failed) throw new Error(line);
      file.add(line);
    },
  );
  const seconds = (performance.now() - start) / 1000;
  await executor.close();
  file.close();
  const { user, system } = process.cpuUsage();
  const result = { seconds, startSeconds: (firstMs - start) / 1000, cpuSeconds: (user + system) / 1e6 };
  process.stdout.write(JSON.stringify(result));
}
