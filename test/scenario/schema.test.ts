import { describe, expect, it } from 'vitest';
import { fileJsonSchema, fileSchemaNames } from '../../src/scenario/json-schema.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { scenarioFrom } from '../../src/scenario/validate.js';
import { FULL, MINIMAL } from './minimal.js';

const parse = (text: string, overrides: string[] = []) => parseScenario(text, { overrides }).scenario;

describe('the smallest useful scenario', () => {
  it('takes about ten lines', () => {
    expect(MINIMAL.trim().split('\n').length).toBeLessThanOrEqual(11);
  });

  it('gets every default', () => {
    expect(parse(MINIMAL)).toEqual({
      name: 'chat',
      seed: 1,
      horizon: { requests: 10_000, warmup: 0 },
      timeSeries: { interval: 'auto' },
      traffic: [
        {
          name: 'requests',
          arrivals: { process: 'poisson', rate: 12 },
          input: { distribution: 'fixed', value: 512, min: 1 },
          output: { distribution: 'fixed', value: 128, min: 1 },
          slo: {},
        },
      ],
      factory: {
        model: 'llama-3.1-70b',
        precision: 'fp8',
        stack: 'vllm',
        pools: [
          {
            name: 'aggregated-1',
            role: 'aggregated',
            gpu: 'h200-sxm',
            replicas: 1,
            parallelism: { tp: 4, pp: 1, attentionDp: 1 },
            batching: { policy: 'chunked-prefill', maxBatchedTokens: 8192, maxSequences: 256 },
            kvCache: { memoryFraction: 0.9, blockTokens: 16, policy: 'preempt', watermark: 0.01, prefixCaching: false },
          },
        ],
      },
      router: { policy: 'least-loaded' },
      planner: { policy: 'static' },
      economics: {
        prices: 'rental-2026',
        currency: 'USD',
        utilization: 1,
        pue: 1.2,
        electricity: 0.08,
        electricityIncluded: true,
        earns: 'served',
      },
      expect: [],
    });
  });

  it('is called after its file where it has no name', () => {
    const { scenario } = parseScenario(MINIMAL.replace('name: chat\n', ''), { file: 'scenarios/night-shift.yaml' });
    expect(scenario.name).toBe('night-shift');
  });
});

describe('a scenario with everything', () => {
  const scenario = parse(FULL);

  it('holds quantities in base units', () => {
    expect(scenario.horizon).toEqual({ duration: 1800, warmup: 120 });
    expect(scenario.traffic[0].slo).toEqual({ ttft: 2, tpot: 0.05 });
    expect(scenario.factory.pools[1].performance).toEqual({
      type: 'linear',
      base: 0.005,
      perSequence: 2e-5,
      perContextToken: 2e-9,
      perPrefillToken: 4e-5,
      kvCapacity: 1_000_000_000,
    });
    expect(scenario.economics.electricity).toBe(0.08);
  });

  it('names what has no name, and knows the aliases of stacks', () => {
    expect(scenario.traffic.map(({ name }) => name)).toEqual(['chat', 'agents', 'class-3']);
    expect(scenario.factory.pools.map(({ name }) => name)).toEqual(['hopper', 'aggregated-2']);
    expect(scenario.factory.stack).toBe('trtllm');
  });

  it('is a valid scenario again once resolved, with the same meaning', () => {
    expect(parse(JSON.stringify(scenario))).toEqual(scenario);
    expect(scenarioFrom(JSON.parse(JSON.stringify(scenario)))).toEqual(scenario);
  });

  it('does not depend on the order of keys', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, entry]) => [key, reversed(entry)]),
      );
    };
    expect(JSON.stringify(scenarioFrom(reversed(JSON.parse(JSON.stringify(scenario)))))).toBe(JSON.stringify(scenario));
  });

  it('reads the same from JSON as from YAML', () => {
    const json =
      '{\n\t"traffic": [{ "arrivals": { "process": "closed-loop", "users": 4, "think": "2s" },\n\t\t"input": { "distribution": "fixed", "value": 8 }, "output": { "distribution": "fixed", "value": 8 } }],\n\t"factory": { "performance": { "type": "linear", "base": "5ms" }, "pools": [{}] }\n}';
    const { traffic } = parse(json);
    expect(traffic[0].arrivals).toEqual({
      process: 'closed-loop',
      users: 4,
      think: { distribution: 'fixed', value: 2 },
    });
  });
});

describe('the horizon', () => {
  const trace = 'traffic[0]={ arrivals: { process: trace, file: a.csv } }';

  it('is the whole trace where nothing else is said', () => {
    expect(parse(MINIMAL, [trace]).horizon).toEqual({ requests: undefined, warmup: 0 });
    expect(parse(MINIMAL, [trace, 'horizon.warmup=1m']).horizon).toEqual({ warmup: 60 });
  });

  it('must be said where a trace is mixed with a process that never ends', () => {
    const mixed = MINIMAL.replace('factory:', '  - arrivals: { process: trace, file: a.csv }\nfactory:');
    expect(() => parse(mixed)).toThrow(/horizon: must say duration or requests/);
    expect(parse(mixed, ['horizon.requests=50']).horizon.requests).toBe(50);
  });
});

describe('the JSON Schema for editors', () => {
  it('of a scenario demands only traffic and factory', () => {
    const schema = fileJsonSchema('scenario');
    expect(schema.required).toEqual(['traffic', 'factory']);
    expect(schema.additionalProperties).toBe(false);
  });

  it.each(fileSchemaNames)('of a %s describes every key', (name) => {
    const schema = fileJsonSchema(name);
    const bare: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, entry] of Object.entries(node)) {
        if (key === 'properties') {
          for (const [name, property] of Object.entries(entry as Record<string, { description?: string }>)) {
            if (property.description === undefined) bare.push(`${path}.${name}`);
            walk(property, `${path}.${name}`);
          }
        } else {
          walk(entry, path);
        }
      }
    };
    walk(schema, '');
    expect(bare).toEqual([]);
  });

  it('takes quantities as numbers or as text with a unit', () => {
    const text = JSON.stringify(fileJsonSchema('scenario'));
    expect(text).toContain('"examples":["12/s","40/min","1000/h"]');
    expect(text).not.toContain('null');
  });
});
