/** Demand that was measured or prescribed, as statistics; never the recorded requests themselves. */
export interface TrafficPreset {
  readonly name: string;
  readonly title: string;
  /** As `arrivals` in a scenario; the rate may be left to the scenario. */
  readonly arrivals: { readonly process: string; readonly rate?: number; readonly [parameter: string]: unknown };
  /** The other keys of a traffic class: lengths, their correlation, service level. */
  readonly demand: Readonly<Record<string, unknown>>;
  /** What was read off the source, and what had to be assumed. */
  readonly basis: string;
  readonly source: string;
  /** Month the figures were looked up. */
  readonly asOf: string;
}

type Quantiles = readonly (readonly [share: number, tokens: number])[];

const AS_OF = '2026-11';
const AZURE =
  'Azure Public Dataset, LLM inference trace 2023 (CC-BY-4.0); P. Patel et al., "Splitwise", ISCA 2024; statistics of the trace';
const MOONCAKE =
  'Mooncake FAST 2025 conversation trace (Apache-2.0); R. Qin et al., "Mooncake", FAST 2025; statistics of the trace';
const INFERENCEX = 'SemiAnalysis InferenceX, protocol of its public serving benchmark';
const AGENTX =
  'SemiAnalysis InferenceX, AgentX coding-agent traces: published statistics of 393 sessions, 98,827 requests';
const ARTIFICIAL_ANALYSIS = 'Artificial Analysis, System Load Test: its published method';
const MLPERF = 'MLPerf Inference v5.1: latency limits of the benchmark, answer lengths from the accuracy logs';

const empirical = (quantiles: Quantiles) => ({ distribution: 'empirical', quantiles });

/** Closed loop at a concurrency, lengths uniform on 80 to 100 % of the nominal ones. */
function inferencex(name: string, inputTokens: number, outputTokens: number): TrafficPreset {
  const upTo = (tokens: number) => ({ distribution: 'uniform', min: Math.ceil(0.8 * tokens), max: tokens });
  return {
    name,
    title: `InferenceX, ${inputTokens} tokens in, ${outputTokens} out`,
    arrivals: { process: 'closed-loop', users: 64 },
    demand: { input: upTo(inputTokens), output: upTo(outputTokens) },
    basis: 'the benchmark sweeps the concurrency: 64 stands for any; give arrivals for another',
    source: INFERENCEX,
    asOf: AS_OF,
  };
}

/** Sessions of a coding agent, up to a limit of the context. */
function agentic(name: string, title: string, contextTokens: number): TrafficPreset {
  const adds = (mean: number) => ({ distribution: 'lognormal', mean, cv: 1.2, max: 200_000 });
  return {
    name,
    title,
    arrivals: { process: 'closed-loop', users: 16 },
    demand: {
      input: adds(1200),
      output: { distribution: 'lognormal', mean: 1077, cv: 2.21, max: 64_000 },
      sessions: {
        turns: { distribution: 'lognormal', mean: 144.5, cv: 1.91, max: 3052, truncation: 'mean-preserving' },
        think: {
          distribution: 'empirical',
          quantiles: [
            [0, 0.2],
            [0.5, 2.3],
            [0.75, 10],
            [0.9, 37.5],
            [0.98, 300],
            [1, 300],
          ],
        },
        first: { distribution: 'lognormal', mean: 15_000, cv: 0.5 },
        system: { tokens: { distribution: 'fixed', value: 20_000 } },
        subAgents: {
          share: 0.03,
          count: { distribution: 'fixed', value: 1 },
          turns: { distribution: 'lognormal', mean: 24.8, cv: 1.18, max: 789 },
          think: { distribution: 'fixed', value: 2.3 },
          input: adds(1400),
          system: 28_000,
        },
        context: { max: contextTokens, beyond: 'truncate' },
        blockTokens: 64,
      },
    },
    basis:
      'turns (p50 67, mean 145, at most 3,052), answers (p50 444, mean 1,077), pauses (p50 2.3 s, p90 37.5 s, capped at 300 s as in its replay), sub-agents (one in 33 turns, p50 16 and mean 24.8 requests) as published; what turns add and begin with was chosen so that, up to 900,000 tokens, prompts have p50 141k, p90 653k, p99 868k and mean 250k (published 142k, 550k, 863k, 219k), of which the median turn adds 1,536 (1,728), a sub-agent has 68k and adds 1,655 (61k, 1,664); sub-agents work in 79 % of the sessions (44 %), since turns call them independently; the benchmark sweeps the sessions at a time: 16 stands for any',
    source: AGENTX,
    asOf: AS_OF,
  };
}

/** Shares of the quantiles that the accuracy logs were boiled down to. */
const LOGGED_SHARES = [0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1];

/** Poisson arrivals at a rate to be given; a good request keeps the limits that the benchmark sets for the 99th percentile. */
function mlperf(
  name: string,
  title: string,
  limits: { ttft: number; tpot: number },
  answers: readonly number[],
  maxOutputTokens: number,
): TrafficPreset {
  const quantiles = answers.map((tokens, i) => [LOGGED_SHARES[i], Math.round(tokens)] as const);
  return {
    name,
    title: `MLPerf Inference, ${title}`,
    arrivals: { process: 'poisson' },
    demand: { output: empirical(quantiles), maxOutputTokens, slo: limits },
    basis: 'prompt lengths are not published: give input; the rate is what the benchmark searches: give rate',
    source: MLPERF,
    asOf: AS_OF,
  };
}

const answers = {
  'deepseek-r1': [227, 515, 629, 862, 1825, 4559.8, 9079.5, 13352.3, 20000, 20001],
  'llama2-70b': [17, 56, 95, 159, 253, 376, 534, 650, 922, 1025],
  'llama3.1-405b': [67, 206, 217, 437, 699, 827, 924, 990, 1118, 2000],
  'llama3.1-8b': [128, 128, 128, 128, 129, 129, 129, 129, 129, 129],
  'mixtral-8x7b': [4, 39, 52, 75, 107, 170, 267, 340, 613.2, 1024],
} as const;

const list: readonly TrafficPreset[] = [
  {
    name: 'azure-code-2023',
    title: 'Azure code completion, one hour of 2023: few and violent bursts',
    arrivals: {
      process: 'mmpp',
      rate: 2.567,
      states: [
        { rate: 41.2, sojourn: 3.35 },
        { rate: 4.654, sojourn: 62.2 },
        { rate: 0.007767, sojourn: 101.3 },
      ],
    },
    demand: {
      input: empirical([
        [0, 3],
        [0.01, 17],
        [0.05, 75],
        [0.1, 147],
        [0.2, 386],
        [0.3, 770],
        [0.4, 1075],
        [0.5, 1469],
        [0.6, 1909],
        [0.7, 2433],
        [0.75, 2745],
        [0.8, 3192],
        [0.85, 3920],
        [0.9, 5188],
        [0.93, 6194],
        [0.95, 7303],
        [0.97, 7435],
        [0.98, 7436],
        [0.985, 7436],
        [0.99, 7436],
        [0.9925, 7436],
        [0.995, 7436],
        [0.9975, 7436],
        [0.999, 7437],
        [0.9995, 7437],
        [1, 7437],
      ]),
      output: empirical([
        [0, 6],
        [0.01, 6],
        [0.05, 6],
        [0.1, 7],
        [0.2, 8],
        [0.3, 9],
        [0.4, 11],
        [0.5, 13],
        [0.6, 16],
        [0.7, 20],
        [0.75, 24],
        [0.8, 29],
        [0.85, 39],
        [0.9, 55],
        [0.93, 72],
        [0.95, 90],
        [0.97, 128],
        [0.98, 171],
        [0.985, 201],
        [0.99, 251],
        [0.9925, 287],
        [0.995, 359],
        [0.9975, 599],
        [0.999, 825],
        [0.9995, 885],
        [1, 1899],
      ]),
    },
    basis:
      'arrivals fitted to rate, CV of gaps (13.2) and index of dispersion of counts at 1, 10, 60 and 600 s (13.2, 71.9, 167, 243), which the median of 300 such hours meets within 6 %',
    source: AZURE,
    asOf: AS_OF,
  },
  {
    name: 'azure-conv-2023',
    title: 'Azure conversation, one hour of 2023',
    arrivals: {
      process: 'mmpp',
      rate: 5.53,
      states: [
        { rate: 6.215, sojourn: 515.4 },
        { rate: 2.914, sojourn: 134.8 },
      ],
    },
    demand: {
      input: empirical([
        [0, 1],
        [0.5, 1020],
        [0.75, 1046],
        [0.9, 2735],
        [0.99, 4142],
        [0.999, 4500],
        [1, 14050],
      ]),
      output: empirical([
        [0, 1],
        [0.5, 129],
        [0.75, 383],
        [0.9, 424],
        [0.99, 601],
        [1, 1000],
      ]),
      correlation: 0.073,
    },
    basis:
      'arrivals fitted to rate, CV of gaps (1.09) and index of dispersion of counts at 1, 10 and 60 s (1.39, 3.87, 16.4), which the median of 300 such hours meets within 7 %; of the lengths mean, p50, p90, p99 and maximum are known, and the quantiles at 0.75 and 0.999 chosen so that the means come out',
    source: AZURE,
    asOf: AS_OF,
  },
  {
    name: 'mooncake-conversation',
    title: 'Mooncake conversation, one hour: long prompts, a slow rise',
    arrivals: {
      process: 'poisson',
      rate: 3.401,
      curve: {
        shape: 'steps',
        levels: [
          [0, 1750],
          [600, 1908],
          [1200, 2061],
          [1800, 2132],
          [2400, 2192],
          [3000, 2221],
        ],
        period: 3537,
      },
    },
    demand: {
      input: empirical([
        [0, 891],
        [0.01, 894],
        [0.05, 901],
        [0.1, 964],
        [0.2, 1662],
        [0.3, 3263],
        [0.4, 4993],
        [0.5, 6909],
        [0.6, 9570],
        [0.7, 13196],
        [0.75, 15367],
        [0.8, 17869],
        [0.85, 21464],
        [0.9, 27367],
        [0.93, 32399],
        [0.95, 39551],
        [0.97, 52215],
        [0.98, 66449],
        [0.985, 73850],
        [0.99, 85400],
        [0.9925, 94409],
        [0.995, 100810],
        [0.9975, 117789],
        [0.999, 121301],
        [0.9995, 122891],
        [1, 126195],
      ]),
      output: empirical([
        [0, 1],
        [0.01, 3],
        [0.05, 10],
        [0.1, 24],
        [0.2, 100],
        [0.3, 213],
        [0.4, 291],
        [0.5, 350],
        [0.6, 399],
        [0.7, 447],
        [0.75, 472],
        [0.8, 504],
        [0.85, 543],
        [0.9, 597],
        [0.93, 648],
        [0.95, 698],
        [0.97, 800],
        [0.98, 892],
        [0.985, 967],
        [0.99, 1119],
        [0.9925, 1274],
        [0.995, 1568],
        [0.9975, 1998],
        [0.999, 2000],
        [0.9995, 2000],
        [1, 2000],
      ]),
      correlation: 0.072,
    },
    basis:
      'Poisson under the course of the hour in steps of ten minutes, since its times tick every 3 s and hide all else; 37 % of its prompt blocks repeat earlier ones, which the preset does not say',
    source: MOONCAKE,
    asOf: AS_OF,
  },
  inferencex('inferencex-1k1k', 1024, 1024),
  inferencex('inferencex-8k1k', 8192, 1024),
  inferencex('inferencex-1k8k', 1024, 8192),
  agentic('agentic-coding', 'Coding agents: long sessions, sub-agents, contexts up to 900,000 tokens', 900_000),
  agentic('agentic', 'Coding agents whose contexts are cut at 262,144 tokens', 262_144),
  {
    name: 'system-load-test',
    title: 'Artificial Analysis System Load Test: one phase, 1,000 tokens in and out',
    arrivals: { process: 'closed-loop', users: 64 },
    demand: {
      input: { distribution: 'fixed', value: 1000 },
      output: { distribution: 'fixed', value: 1000 },
    },
    basis:
      'phases of three minutes at 1, 2, 4, 8 ... queries at a time until throughput stops growing: 64 stands for any, scenarios/sweeps/system-load-test.yaml runs them all',
    source: ARTIFICIAL_ANALYSIS,
    asOf: AS_OF,
  },
  mlperf('mlperf-llama2-70b', 'Llama 2 70B server', { ttft: 2, tpot: 0.2 }, answers['llama2-70b'], 1024),
  mlperf(
    'mlperf-llama2-70b-interactive',
    'Llama 2 70B interactive',
    { ttft: 0.45, tpot: 0.04 },
    answers['llama2-70b'],
    1024,
  ),
  mlperf('mlperf-llama3.1-405b', 'Llama 3.1 405B server', { ttft: 6, tpot: 0.175 }, answers['llama3.1-405b'], 2000),
  mlperf(
    'mlperf-llama3.1-405b-interactive',
    'Llama 3.1 405B interactive',
    { ttft: 4.5, tpot: 0.08 },
    answers['llama3.1-405b'],
    2000,
  ),
  mlperf('mlperf-llama3.1-8b', 'Llama 3.1 8B server', { ttft: 2, tpot: 0.1 }, answers['llama3.1-8b'], 128),
  mlperf(
    'mlperf-llama3.1-8b-interactive',
    'Llama 3.1 8B interactive',
    { ttft: 0.5, tpot: 0.03 },
    answers['llama3.1-8b'],
    128,
  ),
  mlperf('mlperf-deepseek-r1', 'DeepSeek-R1 server', { ttft: 2, tpot: 0.08 }, answers['deepseek-r1'], 20_000),
  mlperf('mlperf-mixtral-8x7b', 'Mixtral 8x7B server', { ttft: 2, tpot: 0.2 }, answers['mixtral-8x7b'], 1024),
];

/** Traffic classes that a scenario can use by name. */
export const trafficPresets: Readonly<Record<string, TrafficPreset>> = Object.fromEntries(
  list.map((preset) => [preset.name, preset]),
);
