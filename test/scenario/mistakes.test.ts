import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/scenario/input-error.js';
import { MINIMAL } from './minimal.js';
import { problemsOf } from './problems-of.js';

interface Mistake {
  /** What stands in the minimal scenario, and what a user wrote instead. */
  edit: [from: string, to: string];
  key: string;
  line: number;
  column?: number;
  /** Parts of the printed message. */
  says: string[];
}

const TRAFFIC = '{ process: poisson, rate: 12/s }';
const LENGTH = '{ distribution: fixed, value: 512 }';
const END = '      parallelism: { tp: 4 }\n';

const mistakes: Record<string, Mistake> = {
  'a misspelt key at the top': {
    edit: ['name: chat', 'nmae: chat'],
    key: 'nmae',
    line: 1,
    column: 1,
    says: ['unknown key', 'did you mean "name"?'],
  },
  'a misspelt key deep inside': {
    edit: [END, `${END}      replica: 2\n`],
    key: 'factory.pools[0].replica',
    line: 11,
    column: 7,
    says: ['unknown key', 'allowed: name, role, gpu', 'did you mean "replicas"?'],
  },
  'a misspelt key in braces': {
    edit: ['{ tp: 4 }', '{ tp: 4, attentiondp: 2 }'],
    key: 'factory.pools[0].parallelism.attentiondp',
    line: 10,
    column: 29,
    says: ['did you mean "attentionDp"?'],
  },
  'a key of another arrival process': {
    edit: [TRAFFIC, '{ process: poisson, rate: 12/s, cv: 2 }'],
    key: 'traffic[0].arrivals.cv',
    line: 3,
    says: ['unknown key where process is poisson', 'it belongs to process: gamma'],
  },
  'a key of another length distribution': {
    edit: [LENGTH, '{ distribution: fixed, value: 512, mean: 3 }'],
    key: 'traffic[0].input.mean',
    line: 4,
    says: ['it belongs to distribution: geometric or lognormal'],
  },
  'a misspelt process': {
    edit: ['poisson', 'posson'],
    key: 'traffic[0].arrivals.process',
    line: 3,
    column: 26,
    says: ['found "posson"', 'poisson, constant, gamma, closed-loop, trace', 'did you mean "poisson"?'],
  },
  'no process': {
    edit: [TRAFFIC, '{ rate: 3 }'],
    key: 'traffic[0].arrivals.process',
    line: 3,
    says: ['is missing', 'poisson, constant'],
  },
  'a rate without a number': {
    edit: ['12/s', 'fast'],
    key: 'traffic[0].arrivals.rate',
    line: 3,
    column: 41,
    says: ['must be a rate', 'found "fast"', '12/s, 40/min or 1000/h'],
  },
  'a rate in an unknown unit': {
    edit: ['12/s', '12/fortnight'],
    key: 'traffic[0].arrivals.rate',
    line: 3,
    says: ['must be a rate'],
  },
  'a rate of zero': {
    edit: ['12/s', '0'],
    key: 'traffic[0].arrivals.rate',
    line: 3,
    says: ['is out of range', '1e-9 to 1,000,000,000 per second'],
  },
  'a negative rate': { edit: ['12/s', '-4/s'], key: 'traffic[0].arrivals.rate', line: 3, says: ['is out of range'] },
  'an infinite rate': { edit: ['12/s', '.inf'], key: 'traffic[0].arrivals.rate', line: 3, says: ['found Infinity'] },
  'a rate that is not a number': {
    edit: ['12/s', '.nan'],
    key: 'traffic[0].arrivals.rate',
    line: 3,
    says: ['found NaN'],
  },
  'no rate': {
    edit: [TRAFFIC, '{ process: poisson }'],
    key: 'traffic[0].arrivals.rate',
    line: 3,
    says: ['is missing'],
  },
  'an empty value': { edit: ['rate: 12/s', 'rate:'], key: 'traffic[0].arrivals.rate', line: 3, says: ['is empty'] },
  'gamma without cv': {
    edit: ['poisson', 'gamma'],
    key: 'traffic[0].arrivals.cv',
    line: 3,
    says: ['is missing', '0.01 to 100'],
  },
  'a trace rescaled twice': {
    edit: [TRAFFIC, '{ process: trace, file: a.csv, rate: 3, speedup: 2 }'],
    key: 'traffic[0].arrivals.speedup',
    line: 3,
    says: ['not by both'],
  },
  'lengths beside a trace': {
    edit: [TRAFFIC, '{ process: trace, file: a.csv }'],
    key: 'traffic[0].input',
    line: 4,
    says: ['a trace brings its own lengths'],
  },
  'no users in a closed loop': {
    edit: [TRAFFIC, '{ process: closed-loop, users: 0 }'],
    key: 'traffic[0].arrivals.users',
    line: 3,
    says: ['is out of range', '1 to 1,000,000'],
  },
  'a think time that is no time': {
    edit: [TRAFFIC, '{ process: closed-loop, users: 2, think: long }'],
    key: 'traffic[0].arrivals.think',
    line: 3,
    says: ['must be a duration', 'found "long"'],
  },
  'a think time of an unknown distribution': {
    edit: [TRAFFIC, '{ process: closed-loop, users: 2, think: { distribution: exponental, mean: 3s } }'],
    key: 'traffic[0].arrivals.think.distribution',
    line: 3,
    says: ['did you mean "exponential"?'],
  },
  'an unknown key in a think time': {
    edit: [TRAFFIC, '{ process: closed-loop, users: 2, think: { distribution: fixed, value: 3s, unit: s } }'],
    key: 'traffic[0].arrivals.think.unit',
    line: 3,
    says: ['unknown key where distribution is fixed'],
  },
  'a think time without its mean': {
    edit: [TRAFFIC, '{ process: closed-loop, users: 2, think: { distribution: exponential } }'],
    key: 'traffic[0].arrivals.think.mean',
    line: 3,
    says: ['is missing'],
  },
  'a fraction of a token': {
    edit: ['512', '512.5'],
    key: 'traffic[0].input.value',
    line: 4,
    column: 42,
    says: ['must be a whole number', 'found 512.5', '1 to 10,000,000'],
  },
  'tokens with a suffix': {
    edit: ['512', '8k'],
    key: 'traffic[0].input.value',
    line: 4,
    says: ['must be a whole number'],
  },
  'a mean above the maximum': {
    edit: [LENGTH, '{ distribution: lognormal, mean: 2000, cv: 1, max: 1000 }'],
    key: 'traffic[0].input.mean',
    line: 4,
    says: ['must lie between min and max, which are 1 and 1000'],
  },
  'a maximum below the minimum': {
    edit: [LENGTH, '{ distribution: uniform, min: 10, max: 5 }'],
    key: 'traffic[0].input.max',
    line: 4,
    says: ['must be at least min, which is 10'],
  },
  'quantiles out of order': {
    edit: [LENGTH, '{ distribution: empirical, quantiles: [[0, 1], [0.9, 500], [0.5, 600], [1, 700]] }'],
    key: 'traffic[0].input.quantiles[2][0]',
    line: 4,
    says: ['shares must rise'],
  },
  'quantiles in percent': {
    edit: [LENGTH, '{ distribution: empirical, quantiles: [[0, 1], [50, 500], [100, 600]] }'],
    key: 'traffic[0].input.quantiles[1][0]',
    line: 4,
    says: ['is out of range', '0 to 1'],
  },
  'empirical lengths from nowhere': {
    edit: [LENGTH, '{ distribution: empirical }'],
    key: 'traffic[0].input.quantiles',
    line: 4,
    says: ['exactly one of them'],
  },
  'a file of lengths without its column': {
    edit: [LENGTH, '{ distribution: empirical, file: a.csv }'],
    key: 'traffic[0].input.column',
    line: 4,
    says: ['belong together'],
  },
  'no lengths': {
    edit: [`    input: ${LENGTH}\n`, ''],
    key: 'traffic[0].input',
    line: 3,
    says: ['is missing', '{ distribution: fixed, value: 512 }'],
  },
  'an SLO without a unit it knows': {
    edit: ['factory:', '    slo: { ttft: 2 sec }\nfactory:'],
    key: 'traffic[0].slo.ttft',
    line: 6,
    says: ['must be a duration', 'ns, us, ms, s, m, h, d'],
  },
  'a price in words': {
    edit: ['factory:', '    price: { input: cheap, output: 1 }\nfactory:'],
    key: 'traffic[0].price.input',
    line: 6,
    says: ['must be a number', 'found "cheap"'],
  },
  'two classes of one name': {
    edit: [
      'factory:',
      `    name: a\n  - { name: a, arrivals: ${TRAFFIC}, input: ${LENGTH}, output: ${LENGTH} }\nfactory:`,
    ],
    key: 'traffic[1].name',
    line: 7,
    says: ['two classes are called a'],
  },
  'no traffic': {
    edit: ['traffic:', 'demand:'],
    key: 'traffic',
    line: 1,
    says: ['is missing', 'a list'],
  },
  'traffic that is no list': {
    edit: ['  - arrivals', '    arrivals'],
    key: 'traffic',
    line: 2,
    says: ['must be a list', 'a mapping with arrivals'],
  },
  'no model': { edit: ['  model: llama-3.1-70b\n', ''], key: 'factory.model', line: 6, says: ['is missing'] },
  'no GPU': { edit: ['gpu: h200-sxm', 'replicas: 2'], key: 'factory.pools[0].gpu', line: 9, says: ['is missing'] },
  'an unknown precision': {
    edit: ['factory:', 'factory:\n  precision: fp16'],
    key: 'factory.precision',
    line: 7,
    says: ['found "fp16"', 'bf16, fp8, fp4, int4'],
  },
  'an unknown stack': {
    edit: ['factory:', 'factory:\n  stack: vLLM'],
    key: 'factory.stack',
    line: 7,
    says: ['did you mean "vllm"?'],
  },
  'a prefill pool without a decode pool': {
    edit: ['gpu: h200-sxm', 'gpu: h200-sxm\n      role: prefill'],
    key: 'factory.pools[0].role',
    line: 10,
    says: ['a decode pool is missing', 'found "prefill"'],
  },
  'prefix caching in words': {
    edit: [END, `${END}      kvCache: { prefixCaching: 1 }\n`],
    key: 'factory.pools[0].kvCache.prefixCaching',
    line: 11,
    says: ['true or false', 'allowed: true, false'],
  },
  'a knob of another router': {
    edit: ['name: chat', 'router: { policy: random, temperature: 1 }'],
    key: 'router.temperature',
    line: 1,
    says: ['has no effect on random, only on kv-aware'],
  },
  'no replicas': {
    edit: [END, `${END}      replicas: 0\n`],
    key: 'factory.pools[0].replicas',
    line: 11,
    column: 17,
    says: ['is out of range', 'found 0', '1 to 100,000'],
  },
  'replicas in words': {
    edit: [END, `${END}      replicas: two\n`],
    key: 'factory.pools[0].replicas',
    line: 11,
    says: ['must be a whole number', 'found "two"'],
  },
  'a token budget below the batch size': {
    edit: [END, `${END}      batching: { maxBatchedTokens: 100 }\n`],
    key: 'factory.pools[0].batching.maxBatchedTokens',
    line: 11,
    says: ['must be at least maxSequences', 'found 100'],
  },
  'no memory': {
    edit: [END, `${END}      kvCache: { memoryFraction: 0 }\n`],
    key: 'factory.pools[0].kvCache.memoryFraction',
    line: 11,
    says: ['above 0 up to 1'],
  },
  'a list where a mapping belongs': {
    edit: ['{ tp: 4 }', '[4]'],
    key: 'factory.pools[0].parallelism',
    line: 10,
    column: 20,
    says: ['must be a mapping', 'found a list of 1', 'keys tp, pp, attentionDp'],
  },
  'a linear performance without a base': {
    edit: ['factory:', 'factory:\n  performance: { type: linear }'],
    key: 'factory.performance.base',
    line: 7,
    says: ['is missing', 'from 1ns up to 1h'],
  },
  'an unknown type of performance': {
    edit: ['factory:', 'factory:\n  performance: { type: lineal }'],
    key: 'factory.performance.type',
    line: 7,
    says: ['did you mean "linear"?'],
  },
  'two ends of the horizon': {
    edit: ['name: chat', 'horizon: { duration: 3m, requests: 5 }'],
    key: 'horizon.requests',
    line: 1,
    says: ['not both'],
  },
  'a horizon without an end': {
    edit: ['name: chat', 'horizon: { warmup: 3m }'],
    key: 'horizon',
    line: 1,
    says: ['must say duration or requests'],
  },
  'a warmup longer than the run': {
    edit: ['name: chat', 'horizon: { duration: 3m, warmup: 1h }'],
    key: 'horizon.warmup',
    line: 1,
    says: ['must be shorter than duration, which is 180s'],
  },
  'an absurd number of requests': {
    edit: ['name: chat', 'horizon: { requests: 1e308 }'],
    key: 'horizon.requests',
    line: 1,
    says: ['is out of range', '1 to 1,000,000,000'],
  },
  'a duration in an unknown unit': {
    edit: ['name: chat', 'horizon: { duration: 9y }'],
    key: 'horizon.duration',
    line: 1,
    says: ['must be a duration', 'up to 10 years'],
  },
  'more arrivals than can be simulated': {
    edit: ['name: chat', 'horizon: { duration: 3650d }'],
    key: 'horizon.duration',
    line: 1,
    says: ['would be 3.78e+9 requests', 'at most 1e9'],
  },
  'a rate too low for the requests': {
    edit: ['12/s', '1/d'],
    key: 'horizon.requests',
    line: 1,
    says: ['more than 10 simulated years'],
  },
  'a seed that is no whole number': { edit: ['name: chat', 'seed: 1.5'], key: 'seed', line: 1, says: ['whole number'] },
  'a PUE below 1': {
    edit: ['name: chat', 'economics: { pue: 0.9 }'],
    key: 'economics.pue',
    line: 1,
    says: ['1 to 10'],
  },
  'an electricity price in cents': {
    edit: ['name: chat', 'economics: { electricity: 8ct }'],
    key: 'economics.electricity',
    line: 1,
    says: ['dollars per kilowatt-hour', '$0.08/kWh'],
  },
  'a flag in words': {
    edit: ['name: chat', 'economics: { electricityIncluded: yes }'],
    key: 'economics.electricityIncluded',
    line: 1,
    says: ['must be true or false', 'found "yes"'],
  },
  'an expectation without a limit': {
    edit: ['name: chat', 'expect: [{ metric: goodput.attainment }]'],
    key: 'expect[0].min',
    line: 1,
    says: ['needs min, max or both'],
  },
  'an expectation of nothing': {
    edit: ['name: chat', 'expect: [{ metric: "ttft p99", max: 3 }]'],
    key: 'expect[0].metric',
    line: 1,
    says: ['must be a path into the summary', 'ttftMs.p99'],
  },
  'a name of several lines': {
    edit: ['name: chat', 'name: "a\\nb"'],
    key: 'name',
    line: 1,
    says: ['a text on one line'],
  },
  'a number as a name': {
    edit: ['name: chat', 'name: 70'],
    key: 'name',
    line: 1,
    says: ['a text on one line', 'found 70'],
  },
};

describe('a mistake in a scenario is reported with its place and its cure', () => {
  it.each(Object.entries(mistakes))('%s', (_, { edit: [from, to], key, line, column, says }) => {
    expect(MINIMAL).toContain(from);
    const problems = problemsOf(MINIMAL.replace(from, () => to));
    const problem = problems.find((candidate) => candidate.key === key);
    expect(problems.map((candidate) => candidate.key)).toContain(key);
    expect(problem?.file).toBe('chat.yaml');
    expect(problem?.line).toBe(line);
    if (column !== undefined) expect(problem?.column).toBe(column);
    const printed = new InputError(problem ?? []).message;
    for (const part of says) expect(printed).toContain(part);
  });
});
