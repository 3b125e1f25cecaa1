import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { goodput, QUICK } from './cli/harness.js';

// What stands in the workflow and the manifests goes through a shell as it stands there; what the shell makes of it is run
// in this process.
const root = path.join(import.meta.dirname, '..');
const home = process.cwd();

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'goodput-deploy-'));
  process.chdir(folder);
  for (const name of ['bin', 'results', 'sweep', 'scenarios/gates', 'scenarios/sweeps']) {
    mkdirSync(name, { recursive: true });
  }
  for (const [name, words] of [
    ['goodput', ''],
    ['npx', 'shift; '],
  ]) {
    writeFileSync(path.join('bin', name), `#!/bin/sh\n${words}printf '%s\\n' "$@" > argv\nexit \${GOODPUT_ENDS:-0}\n`);
    chmodSync(path.join('bin', name), 0o755);
  }
  const grid = 'axes: [{ path: seed, values: [1, 2, 3, 4, 5, 6, 7, 8, 9] }]\n';
  writeFileSync('sweep/quick.yaml', QUICK);
  writeFileSync('sweep/grid.yaml', `base: quick.yaml\n${grid}`);
  writeFileSync('scenarios/sweeps/h200-or-b200.yaml', `base: ../../sweep/quick.yaml\n${grid}`);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

/** Has a shell read a command, as the runners of workflows and pods do. */
function shell(command: string, env: Record<string, string> = {}) {
  const PATH = `${path.join(folder, 'bin')}:${process.env.PATH}`;
  return spawnSync('sh', ['-e', '-c', command], { encoding: 'utf8', env: { ...process.env, PATH, ...env } });
}

/** What a shell makes of a command when goodput ends with some exit code. */
const endOf = (command: string, GOODPUT_ENDS: number, env: Record<string, string> = {}) =>
  shell(command, { ...env, GOODPUT_ENDS: String(GOODPUT_ENDS) }).status;

/** Has a shell read a command, and runs the call of goodput in it. */
async function run(command: string, env: Record<string, string> = {}) {
  expect(shell(command, env)).toMatchObject({ status: 0, stderr: '' });
  return goodput(readFileSync('argv', 'utf8').trimEnd().split('\n'), { env });
}

const workflow = () => parse(readFileSync(path.join(root, '.github', 'workflows', 'check.yml'), 'utf8'));
const steps = (job: string): string[] => {
  const { jobs } = workflow();
  const all = jobs[job].steps as { run?: string }[];
  return all.flatMap((step) => (step.run === undefined || step.run === 'npm ci' ? [] : [step.run]));
};
const csv = (name: string) => readFileSync(path.join(name, 'sweep.csv'), 'utf8');

describe('the workflow', () => {
  it('fails a pull request that breaks an expectation, with the reason in the summary of the step', async () => {
    const [check] = steps('check');
    const env = { GITHUB_STEP_SUMMARY: path.join(folder, 'summary.md') };
    const expecting = (most: number) => `${QUICK}expect: [{ metric: ttftMs.p99, max: ${most} }]\n`;
    writeFileSync('scenarios/gates/quick.yaml', expecting(10_000));
    writeFileSync('summary.md', '');
    expect((await run(check, env)).code).toBe(0);
    writeFileSync('scenarios/gates/quick.yaml', expecting(1));
    expect((await run(check, env)).code).toBe(1);
    expect(readFileSync('summary.md', 'utf8')).toMatch(/❌[\s\S]*ttftMs\.p99: [\d.,]+, expected max 1/);
    expect(readFileSync('junit.xml', 'utf8')).toContain('failures="1"');
  });

  it('sweeps in shards and merges them to what one machine writes', async () => {
    const [shard] = steps('shard');
    for (const number of ['1', '2', '3', '4']) expect((await run(shard, { SHARD: number })).code).toBe(0);
    expect((await run(steps('merge')[0], { GITHUB_STEP_SUMMARY: 'night.md' })).code).toBe(0);
    await goodput(['sweep', 'scenarios/sweeps/h200-or-b200.yaml', '--out', 'alone']);
    expect(csv('nightly')).toBe(csv('alone'));
  });

  it('leaves expectations that fail to the merge, which fails', () => {
    const [shard] = steps('shard');
    const [merge] = steps('merge');
    expect([0, 1, 2].map((code) => endOf(shard, code, { SHARD: '1' }) === 0)).toEqual([true, true, false]);
    expect([0, 1, 2].map((code) => endOf(merge, code, { GITHUB_STEP_SUMMARY: 'night.md' }))).toEqual([0, 1, 2]);
  });

  it('is in the README as it is run', () => {
    const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
    const [, shown] = /```yaml\n(on: pull_request\n[\s\S]*?)```/.exec(readme) ?? [];
    const { jobs, permissions } = workflow();
    const { if: _, ...check } = jobs.check;
    expect(parse(shown)).toEqual({ on: 'pull_request', permissions, jobs: { check } });
  });
});

describe('the Kubernetes manifest of shards', () => {
  it('runs every shard, one of them again after an eviction, and merges them', async () => {
    const text = readFileSync(path.join(root, 'deploy', 'kubernetes', 'sweep-shards.yaml'), 'utf8');
    const [sweep, merge] = parseAllDocuments(text).map((document) => document.toJS().spec);
    const command = ({ template }: typeof sweep): string =>
      template.spec.containers[0].args[0].replaceAll('/sweep/', 'sweep/').replaceAll('/results/', 'results/');
    for (const index of [...Array(sweep.completions).keys(), 3]) {
      expect((await run(command(sweep), { JOB_COMPLETION_INDEX: String(index) })).code).toBe(0);
    }
    // Not 2: the merge would try again after half a minute.
    expect([0, 1].map((code) => endOf(command(merge), code))).toEqual([0, 0]);
    expect([0, 1, 2].map((code) => endOf(command(sweep), code, { JOB_COMPLETION_INDEX: '0' }) === 0)).toEqual([
      true,
      true,
      false,
    ]);
    expect((await run(command(merge))).code).toBe(0);
    expect(readdirSync('results')).toContain('all');
    expect(csv('results/all').trim().split('\n')).toHaveLength(10);
  });
});
