import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUICK } from './harness.js';

// Threads and signals need the built program; the gate builds it before it tests.
const program = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const built = existsSync(join(program, '..', 'sweep.js'));
if (!built) console.warn('skipped: sweeps in threads need dist/, run npm run build');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodput-kill-'));
  writeFileSync(join(folder, 'quick.yaml'), QUICK);
  writeFileSync(
    join(folder, 'grid.yaml'),
    'base: quick.yaml\naxes:\n  - { path: seed, range: { from: 1, to: 60, step: 1 } }\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const sweep = (...options: string[]) => [program, 'sweep', 'grid.yaml', '--format', 'csv', ...options];
const points = (name: string) => {
  const file = join(folder, name, 'points.jsonl');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
};
const finished = (...options: string[]) =>
  spawnSync(process.execPath, sweep(...options), { cwd: folder, encoding: 'utf8' });

/** Starts a sweep and ends it by a signal as soon as it has written that many points; returns its exit code. */
async function cutShort(name: string, most: number, signal: NodeJS.Signals): Promise<number | null> {
  const child = spawn(process.execPath, sweep('--resume', name, '--workers', '2'), { cwd: folder, stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  while (points(name) < most && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 2));
  child.kill(signal);
  return ended;
}

describe.skipIf(!built)('a sweep in threads', () => {
  it('gives the same bytes with one worker and with two, and after three kills', { timeout: 120_000 }, async () => {
    const one = finished('--workers', '1', '--out', 'one');
    expect(one.status).toBe(0);
    expect(one.stdout.trim().split('\n')).toHaveLength(61);
    for (const most of [1, 15, 40]) expect(await cutShort('killed', most, 'SIGKILL')).toBeNull();
    const rest = finished('--resume', 'killed', '--workers', '2');
    expect(rest.status).toBe(0);
    expect(rest.stdout).toBe(one.stdout);
    for (const file of ['points.jsonl', 'sweep.parquet', 'sweep.json']) {
      expect(readFileSync(join(folder, 'killed', file)).equals(readFileSync(join(folder, 'one', file))), file).toBe(
        true,
      );
    }
  });

  it('keeps its points on Ctrl-C and ends with 130', { timeout: 60_000 }, async () => {
    expect(await cutShort('stopped', 5, 'SIGINT')).toBe(130);
    expect(points('stopped')).toBeGreaterThanOrEqual(5);
  });
});
