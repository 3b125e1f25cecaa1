import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planText } from '../../src/cli/plan-progress.js';
import { goodput } from './harness.js';

/** Two replicas are needed: one serves 10 requests per second at most. */
const SCENARIO = `
horizon: { requests: 400 }
traffic:
  - arrivals: { process: poisson, rate: 12/s }
    input: { distribution: fixed, value: 100 }
    output: { distribution: fixed, value: 1 }
    slo: { ttft: 1s }
factory:
  performance: { type: linear, base: 1us, perPrefillToken: 1ms }
  pools: [{ gpu: h100-sxm }]
plan: { maxGpus: 16 }
`;

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodput-plan-'));
  file = join(folder, 'small.yaml');
  writeFileSync(file, SCENARIO);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('goodput plan', () => {
  it('prints the cheapest fleet, its headroom and what it survives', async () => {
    const { code, stdout } = await goodput(['plan', file]);
    expect(code).toBe(0);
    expect(stdout).toContain('plan for small: 95 % of requests within their SLO');
    expect(stdout).toContain('h100-sxm 2 x tp1: 2 GPUs');
    expect(stdout).toMatch(/calibration +given: step times as the scenario gives them/);
    expect(stdout).toMatch(/headroom +holds up to 1\.\d+ times the demand/);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'one node of 8 GPUs fails: 2 of 2 replicas gone: nothing is left; h100-sxm 4 x tp1, spread over 2 nodes, would hold',
    );
  });

  it('gives one JSON document, the same twice but for the time it took', async () => {
    const runs = await Promise.all([
      goodput(['plan', file, '--format', 'json']),
      goodput(['plan', file, '--format', 'json']),
    ]);
    const [a, b] = runs.map(({ stdout }) => JSON.parse(stdout));
    expect(a.kind).toBe('plan');
    expect({ ...a, simulation: null }).toEqual({ ...b, simulation: null });
  });

  it('writes a folder whose scenario runs and holds', async () => {
    const out = join(folder, 'out');
    await goodput(['plan', file, '--out', out, '--quiet']);
    expect(readdirSync(out).sort()).toEqual(['plan.json', 'scenario.yaml', 'summary.md']);
    const run = await goodput(['run', join(out, 'scenario.yaml'), '--format', 'json']);
    const { best } = JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8'));
    expect(JSON.parse(run.stdout).summary.goodput.attainment).toBe(best.attainment);
  });

  it('finds the highest rate of the fleet in the file', async () => {
    const { code, stdout } = await goodput(['plan', file, '--capacity', '--format', 'json']);
    expect(code).toBe(0);
    const { capacity, curve, fleet } = JSON.parse(stdout);
    expect(fleet).toEqual([
      { role: 'aggregated', gpu: 'h100-sxm', replicas: 1, gpusPerReplica: 1, parallelism: 'tp1' },
    ]);
    expect(capacity.requestsPerSecond).toBeGreaterThan(7);
    expect(capacity.requestsPerSecond).toBeLessThan(10);
    expect(curve.length).toBeGreaterThan(4);
  });

  it('ends with 1 where nothing holds', async () => {
    const { code, stdout } = await goodput(['plan', file, '--set', 'traffic[0].slo.ttft=10ms']);
    expect(code).toBe(1);
    expect(stdout).toContain('no fleet of the space holds the target');
  });

  it('does not say that no fleet holds where its budget ended before it knew', async () => {
    const settings = ['plan.evaluations=1', 'plan.maxGpus=4', 'plan.attainment=0.999', 'traffic[0].slo.ttft=101ms'];
    const options = settings.flatMap((setting) => ['--set', setting]);
    const { code, stdout, stderr } = await goodput(['plan', file, ...options]);
    expect(code).toBe(1);
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toContain('no fleet was found to hold the target before plan.evaluations ended; nearest is');
    expect(text).toContain('after 1 simulation (plan.evaluations); another fleet may hold');
    expect(stderr).not.toContain('note:');
  });

  it.each([
    [['--gpus', 'h1000'], 'plan.gpus[0]: unknown GPU (found "h1000"'],
    [
      ['--set', 'plan.maxGpus=1', '--set', 'factory.pools[0].parallelism.tp=2'],
      'plan: leaves no fleet to choose from: h100-sxm tp2',
    ],
    [['--attainment', '95'], 'plan.attainment: is out of range (found 95; allowed: above 0 up to 1)'],
    [['--evaluations', 'many'], 'plan.evaluations: must be a whole number'],
    [['--set', 'traffic[0].slo={}'], 'traffic[0].slo: is missing: a plan needs something that the fleet must hold'],
  ])('refuses %j with one message', async (options, message) => {
    const { code, stderr } = await goodput(['plan', file, ...options]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('says how far it is', () => {
    const progress = { phase: 'search', simulations: 12, undecided: 37, bestUsdPerHour: 5.2 };
    expect(planText(progress)).toBe('search: 12 simulated, best $5.20/h, 37 fleets undecided');
  });
});
