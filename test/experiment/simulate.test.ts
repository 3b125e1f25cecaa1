import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isComparisonFile } from '../../src/experiment/compare/comparison-file.js';
import { fileOpener } from '../../src/experiment/files.js';
import { loadScenario } from '../../src/experiment/load-scenario.js';
import { simulate } from '../../src/experiment/simulate.js';
import { InputError } from '../../src/scenario/input-error.js';
import { makeScenario } from '../support/scenarios.js';

const chat = {
  arrivals: { process: 'gamma', rate: 12, cv: 2.5 },
  input: { distribution: 'lognormal', mean: 900, cv: 1.2, max: 16384 },
  output: { distribution: 'lognormal', mean: 270, cv: 0.9, max: 4096 },
  slo: { ttft: '2s', tpot: '50ms' },
};
const fleet = (gpu: string, more: object = {}) => ({
  model: 'llama-3.1-70b',
  pools: [{ gpu, replicas: 2, parallelism: { tp: 4 }, ...more }],
});
const base = { horizon: { requests: 3000 }, traffic: [chat], factory: fleet('h200-sxm') };
const run = (input: object) => simulate(makeScenario(input), { checkInvariants: true });

/** A result without what depends on the machine. */
function timeless(result: ReturnType<typeof simulate>): string {
  const { wallSeconds: _, requestsPerSecond: __, ...simulation } = result.simulation;
  return JSON.stringify({ ...result, simulation });
}

describe('simulate', () => {
  it('gives the same bytes for the same scenario and seed, and others for another seed', () => {
    expect(timeless(run(base))).toBe(timeless(run(base)));
    expect(run({ ...base, seed: 2 }).summary).not.toEqual(run(base).summary);
  });

  it('does not care for the order of keys in the scenario', () => {
    const { horizon, traffic, factory } = base;
    expect(timeless(run({ factory, traffic, horizon }))).toBe(timeless(run(base)));
  });

  it('shows every fleet the same requests', () => {
    const arrivals = (gpu: string) => {
      const seen: [number, number, number, number][] = [];
      simulate(makeScenario({ ...base, factory: fleet(gpu) }), {
        onRecord: ({ id, arrivalSeconds, inputTokens, outputTokens }) => {
          seen.push([id, arrivalSeconds, inputTokens, outputTokens]);
        },
      });
      return seen.sort((a, b) => a[0] - b[0]);
    };
    expect(arrivals('h100-sxm')).toEqual(arrivals('b200-sxm'));
  });

  it('prices a token by the GPUs that are rented, busy or not', () => {
    const { summary } = run({ ...base, economics: { gpuHour: { 'h200-sxm': 2 } } });
    expect(summary.cost.usdPerHour).toBe(16);
    const { outputTokensPerSecond, inputTokensPerSecond } = summary.throughput;
    expect(summary.cost.usdPerMillionOutputTokens).toBeCloseTo((16 / 3600 / outputTokensPerSecond) * 1e6, 9);
    expect(summary.cost.usdPerMillionTotalTokens).toBeCloseTo(
      (16 / 3600 / (outputTokensPerSecond + inputTokensPerSecond)) * 1e6,
      9,
    );
  });

  it('adds electricity only where the price of the GPUs leaves it out', () => {
    const included = run(base).summary;
    const apart = run({ ...base, economics: { electricityIncluded: false } }).summary;
    expect(apart.cost.usdPerHour! - included.cost.usdPerHour!).toBeCloseTo(included.energy.electricityUsdPerHour!, 9);
  });

  it('counts throughput in the window only, and requests that arrived in it', () => {
    const whole = run({ ...base, horizon: { duration: '10m' } }).summary;
    const late = run({ ...base, horizon: { duration: '10m', warmup: '5m' } }).summary;
    expect(late.window).toEqual({ startSeconds: 300, endSeconds: 600 });
    expect(late.requests.arrived).toBeLessThan(whole.requests.arrived);
    expect(late.throughput.outputTokensPerSecond / whole.throughput.outputTokensPerSecond).toBeCloseTo(1, 0);
    expect(late.utilization.gpuBusy).toBeLessThanOrEqual(1);
  });

  it('charges TTFT with the queue: overload shows in TTFT, not in TPOT alone', () => {
    const { summary } = run({ ...base, factory: fleet('h100-sxm', { replicas: 1, batching: { maxSequences: 8 } }) });
    expect(summary.bottleneck.overloaded).toBe(true);
    expect(summary.ttftMs.mean!).toBeGreaterThan(10_000);
    expect(summary.tpotMs.mean!).toBeLessThan(100);
    expect(summary.ttftMs.mean!).toBeLessThan(summary.e2eMs.mean!);
  });

  it('checks expectations, bounds included', () => {
    const { expectations } = run({
      ...base,
      expect: [
        { metric: 'requests.arrived', min: 3000, max: 3000 },
        { metric: 'goodput.byClass.requests.attainment', min: 1.01 },
        { metric: 'revenue.margin', min: 0 },
      ],
    });
    expect(expectations.map(({ pass }) => pass)).toEqual([true, false, false]);
  });

  it('refuses an expectation on a metric that does not exist, before the run', () => {
    const input = { ...base, horizon: { requests: 1e9 }, expect: [{ metric: 'goodput.atainment', min: 0.9 }] };
    expect(() => run(input)).toThrow(/goodput\.attainment/);
  });

  it('refuses no-evict without a longest answer', () => {
    const traffic = [{ ...chat, output: { distribution: 'geometric', mean: 100 } }];
    const input = { ...base, traffic, factory: fleet('h200-sxm', { kvCache: { policy: 'no-evict' } }) };
    expect(() => run(input)).toThrow(InputError);
    expect(run({ ...input, traffic: [{ ...traffic[0], maxOutputTokens: 500 }] }).summary.requests.completed).toBe(3000);
  });

  it('says how far off its step times may be, and rests on datasheets alone where it is told to', () => {
    const shipped = run(base);
    expect(shipped.provenance.calibration).toBe('measured');
    expect(shipped.uncertainty!.tpot.mape).toBeGreaterThan(1);
    const datasheet = run({ ...base, factory: { ...base.factory, calibration: 'datasheet' } });
    expect(datasheet.provenance.calibration).toBe('datasheet');
    expect(datasheet.uncertainty).toBeNull();
    expect(datasheet.summary.tpotMs.mean).not.toBe(shipped.summary.tpotMs.mean);
  });

  it('knows releases of a stack, and refuses one that it does not', () => {
    const at = (release: string) => run({ ...base, factory: { ...base.factory, release } });
    expect(at('0.19.0').summary.tpotMs.mean).not.toBe(at('0.12.0').summary.tpotMs.mean);
    expect(() => at('0.19.1')).toThrow(/no such release of vllm .*0\.19\.0/);
  });

  it('terminates where a closed loop is refused for ever', () => {
    const traffic = [
      {
        arrivals: { process: 'closed-loop', users: 3 },
        input: { distribution: 'fixed', value: 1000 },
        output: { distribution: 'fixed', value: 10 },
      },
    ];
    const { summary } = run({
      traffic,
      horizon: { duration: '10s' },
      factory: { pools: [{ performance: { type: 'linear', base: '1ms', kvCapacity: 100 } }] },
    });
    expect(summary.requests).toMatchObject({ arrived: 33, rejected: 33, completed: 0 });
  });

  it('says where a price book is not what the rest of the scenario takes it for', () => {
    const of = (economics: object) => run({ ...base, horizon: { requests: 10 }, economics }).warnings.join();
    const contract = { committed: 4 };
    expect(of({ electricityIncluded: false })).toContain('rental-2026 contains electricity already');
    expect(of({ prices: 'neocloud-2026', rental: contract })).toContain('neocloud-2026 is what owners pay');
    const gpuHour = { 'h200-sxm': 2 };
    const place = { facility: 1000, colocation: 100 };
    expect(of({ own: { gpu: gpuHour, ...place } })).toContain('for an own building (facility) and for a rented place');
    const fine = [
      of({ electricityIncluded: false, gpuHour }),
      of({ prices: 'neocloud-2026', rental: contract, gpuHour }),
      of({ prices: 'neocloud-2026' }),
      of({ rental: contract }),
      of({ own: { gpu: gpuHour }, electricityIncluded: false }),
    ];
    expect(fine.join()).not.toMatch(/contains electricity|is what owners pay|an own building/);
  });

  it('says that nothing was measured when nothing arrived', () => {
    const traffic = [{ ...chat, arrivals: { process: 'constant', rate: '1/h' } }];
    const { summary, warnings } = run({ ...base, traffic, horizon: { duration: '10s' } });
    expect(summary.requests.arrived).toBe(0);
    expect(summary.ttftMs.mean).toBeNull();
    expect(warnings.join()).toContain('nothing was measured');
  });
});

const trace = path.resolve(import.meta.dirname, '../../../shared/data/traces/azure-llm-inference-2023-code.csv');

describe.skipIf(!existsSync(trace))('the Azure code trace (skipped where the file is absent)', () => {
  const onTrace = (gpu: string) =>
    simulate(
      makeScenario({
        traffic: [{ arrivals: { process: 'trace', file: trace }, slo: { ttft: '2s', tpot: '50ms' } }],
        factory: fleet(gpu),
      }),
      { openFile: fileOpener('.'), checkInvariants: true },
    ).summary;

  it('is served to the last request and token', () => {
    const { requests, tokens } = onTrace('h200-sxm');
    expect(requests.arrived).toBe(8819);
    expect(requests.completed + requests.rejected + requests.inFlight).toBe(8819);
    expect(tokens.inputCompleted + tokens.inputRejected + tokens.inputInFlight).toBe(tokens.inputArrived);
    expect(tokens.outputProduced).toBe(tokens.outputCompleted + tokens.outputUnfinished);
  });

  it('is served faster by H200 than by H100, and faster still by B200', () => {
    const [h100, h200, b200] = ['h100-sxm', 'h200-sxm', 'b200-sxm'].map(onTrace);
    for (const metric of ['ttftMs', 'tpotMs'] as const) {
      expect(h200[metric].p50!).toBeLessThan(h100[metric].p50!);
      expect(b200[metric].p50!).toBeLessThan(h200[metric].p50!);
    }
  });
});

describe('scenarios/', () => {
  it('each runs, holds its invariants and meets what it expects', () => {
    const folder = path.resolve(import.meta.dirname, '../../scenarios');
    const pairs = readdirSync(path.join(folder, 'disaggregation')).map((name) => path.join('disaggregation', name));
    const files = [...readdirSync(folder), ...pairs].filter((name) => name.endsWith('.yaml'));
    for (const file of files.filter((name) => !isComparisonFile(path.join(folder, name)))) {
      const { scenario, baseDirectory } = loadScenario(path.join(folder, file), { overrides: [] });
      const { summary, expectations } = simulate(scenario, {
        openFile: fileOpener(baseDirectory),
        checkInvariants: true,
      });
      expect(summary.requests.completed, file).toBeGreaterThan(500);
      expect(
        expectations.filter(({ pass }) => !pass),
        file,
      ).toEqual([]);
    }
  });
});
