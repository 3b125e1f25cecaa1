import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUICK } from './harness.js';

// What only a process of its own shows: signals, pipes, exit codes. Types are checked elsewhere, so their errors are let pass.
const root = join(import.meta.dirname, '..', '..');
let folder: string;
let scenario: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodput-built-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  scenario = join(folder, 'quick.yaml');
  writeFileSync(scenario, QUICK);
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(folder, 'dist'), '--declaration', 'false'];
  spawnSync(process.execPath, [compiler, ...options], { stdio: 'ignore' });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(...argv: string[]): ChildProcess {
  return spawn(process.execPath, [join(folder, 'dist', 'cli', 'main.js'), ...argv], { cwd: folder });
}

function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const text = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    text.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    text.stderr += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...text })));
}

describe('the program', () => {
  it('prints a whole large document into a pipe, and its exit code tells what happened', async () => {
    const classes = Array.from({ length: 900 }, (_, i) => ({
      name: `c${i}`,
      arrivals: { process: 'poisson', rate: 1 },
      input: { distribution: 'fixed', value: 10 },
      output: { distribution: 'fixed', value: 2 },
    }));
    const large = join(folder, 'large.json');
    writeFileSync(
      large,
      JSON.stringify({
        horizon: { requests: 100 },
        traffic: classes,
        factory: { performance: { type: 'linear', base: 0.01 }, pools: [{}] },
        expect: [{ metric: 'requests.completed', min: 1e9 }],
      }),
    );
    const child = start('run', large, '--format', 'json');
    const { code, stdout } = await ended(child);
    expect(code).toBe(1);
    expect(stdout.length).toBeGreaterThan(500_000);
    expect(Object.keys(JSON.parse(stdout).summary.classes)).toHaveLength(900);
  });

  it('says nothing when the reader of its output goes away', async () => {
    const child = start('catalog', '--format', 'json');
    const end = ended(child);
    child.stdout?.destroy();
    const { code, stderr } = await end;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('writes records from a thread of its own, and reports its errors as if there were none', async () => {
    const fine = await ended(start('run', scenario, '--records', 'requests.parquet'));
    expect(fine).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(folder, 'requests.parquet'))).toBe(true);
    const wrong = await ended(
      start('run', scenario, '--records', 'x.csv', '--set', 'expect=[{ metric: no.x, min: 1 }]'),
    );
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/^--set .*expect\[0\]\.metric: is not a metric/);
  });

  it('leaves nothing half-written on Ctrl-C, and exits with 130', async () => {
    const partial = () => readdirSync(folder).filter((name) => name.includes('long.csv'));
    const child = start('run', scenario, '--set', 'horizon.requests=100000000', '--records', 'long.csv');
    const end = ended(child);
    for (let tries = 0; partial().length === 0 && tries < 200; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(partial()).toHaveLength(1);
    child.kill('SIGINT');
    expect(await end).toMatchObject({ code: 130, stdout: '', stderr: '' });
    expect(partial()).toEqual([]);
  });
});
