/** The smallest useful scenario, about ten lines; tests edit it. */
export const MINIMAL = `name: chat
traffic:
  - arrivals: { process: poisson, rate: 12/s }
    input: { distribution: fixed, value: 512 }
    output: { distribution: fixed, value: 128 }
factory:
  model: llama-3.1-70b
  pools:
    - gpu: h200-sxm
      parallelism: { tp: 4 }
`;

/** A scenario that uses every section. */
export const FULL = `name: chat on eight H200
description: |
  Does the fleet hold its SLO through the bursts?
seed: 42
horizon: { duration: 30m, warmup: 2m }
traffic:
  - name: chat
    arrivals: { process: gamma, rate: 12/s, cv: 2.5 }
    input: { distribution: lognormal, mean: 1024, cv: 1.2, max: 32768 }
    output: { distribution: empirical, quantiles: [[0, 1], [0.5, 200], [1, 4096]] }
    maxOutputTokens: 4096
    slo: { ttft: 2s, tpot: 50ms }
    price: { input: 0.10, output: 0.40 }
  - name: agents
    arrivals: { process: closed-loop, users: 20, think: { distribution: exponential, mean: 3s } }
    input: { distribution: uniform, min: 100, max: 8000 }
    output: { distribution: geometric, mean: 300 }
  - arrivals: { process: trace, file: traces/code.csv, speedup: 2 }
factory:
  model: llama-3.1-70b
  precision: fp8
  kvPrecision: fp8
  stack: tensorrt-llm
  pools:
    - name: hopper
      role: aggregated
      gpu: h200-sxm
      replicas: 2
      parallelism: { tp: 4 }
      batching: { policy: continuous, maxBatchedTokens: 16384, maxSequences: 128 }
      kvCache: { memoryFraction: 0.85, blockTokens: 64, policy: no-evict, prefixCaching: false }
    - performance: { type: linear, base: 5ms, perSequence: 20us, perContextToken: 2ns, perPrefillToken: 40us }
router: { policy: round-robin }
planner: { policy: static }
economics: { prices: rental-2026, gpuHour: { h200-sxm: 2.5 }, electricity: $0.08/kWh, electricityIncluded: false }
expect:
  - { metric: goodput.attainment, min: 0.95 }
  - { metric: ttftMs.p99, max: 4000 }
`;
