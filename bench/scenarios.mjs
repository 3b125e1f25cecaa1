/** Requests per second that one instance of the reference fleet can take, found by overloading it once. */
export const REQUESTS = 200_000;

/**
 * Prefill and decode apart with KV-aware routing: 64 instances of 4 H200, half of them for prompts, that begin with one of
 * 500 texts of 1,024 tokens.
 *
 * @param {number} rate requests per second
 * @param {number} requests
 */
export function kvAwareScenario(rate, requests = REQUESTS) {
  const reference = referenceScenario(1, rate, requests);
  const pool = { gpu: 'h200-sxm', replicas: 32, parallelism: { tp: 4 }, kvCache: { prefixCaching: true } };
  return {
    ...reference,
    name: 'prefill and decode, 64 instances, KV-aware',
    traffic: [
      {
        ...reference.traffic[0],
        input: { distribution: 'lognormal', mean: 1600, cv: 0.5, max: 16384 },
        sharedPrefix: { groups: 500, tokens: 1024 },
      },
    ],
    factory: {
      model: 'llama-3.1-70b',
      pools: [
        { ...pool, role: 'prefill' },
        { ...pool, role: 'decode' },
      ],
    },
    router: { policy: 'kv-aware' },
  };
}

/**
 * The reference scenario: Llama-3.1-70B on instances of 4 H200, Poisson arrivals, lognormal lengths around 900 in and
 * 270 out.
 *
 * @param {number} instances
 * @param {number} rate requests per second for the whole fleet
 * @param {number} requests
 */
export function referenceScenario(instances, rate, requests = REQUESTS) {
  return {
    name: `reference, ${instances} instances`,
    seed: 1,
    horizon: { requests },
    traffic: [
      {
        name: 'chat',
        arrivals: { process: 'poisson', rate },
        input: { distribution: 'lognormal', mean: 900, cv: 1, max: 16384 },
        output: { distribution: 'lognormal', mean: 270, cv: 0.8, max: 4096 },
        slo: { ttft: '2s', tpot: '50ms' },
      },
    ],
    factory: {
      model: 'llama-3.1-70b',
      pools: [{ gpu: 'h200-sxm', replicas: instances, parallelism: { tp: 4 } }],
    },
  };
}
