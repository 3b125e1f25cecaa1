import { describe, expect, it } from 'vitest';
import { gpus } from '../../src/catalog/index.js';
import { cacheBytes, ports, transferLink } from '../../src/experiment/transfer-link.js';
import { makeScenario } from '../support/scenarios.js';

const B200 = gpus['b200-sxm'];

/** A fleet of prefill and decode pools; efficiency 1, so that bandwidths are those of the links. */
function fleet(pools: object[], more: object = {}, transfer: object = {}) {
  const { factory, planner } = makeScenario({
    traffic: [
      {
        arrivals: { process: 'poisson', rate: 1 },
        input: { distribution: 'fixed', value: 100 },
        output: { distribution: 'fixed', value: 100 },
      },
    ],
    factory: { model: 'deepseek-r1', pools, transfer: { efficiency: 1, ...transfer } },
    ...more,
  });
  return { factory, link: transferLink(factory, planner) };
}

const pair = (prefill: object, decode: object) => [
  { role: 'prefill', gpu: 'b200-sxm', ...prefill },
  { role: 'decode', gpu: 'b200-sxm', ...decode },
];
const FOUR = { parallelism: { tp: 4 } };
const EIGHT = { parallelism: { tp: 8 } };

describe('the link between prefill and decode', () => {
  it('is the NVLink domain where that holds the whole fleet, as large as it may grow', () => {
    expect(fleet(pair(FOUR, FOUR)).link.bytesPerSecond(B200)).toBe(B200.scaleUpBytesPerSecond);
    expect(fleet(pair(EIGHT, EIGHT)).link.bytesPerSecond(B200)).toBe(B200.scaleOutBytesPerSecond);
    const planner = { policy: 'load', max: 2 };
    expect(fleet(pair(FOUR, FOUR), { planner }).link.bytesPerSecond(B200)).toBe(B200.scaleOutBytesPerSecond);
    const spare = { ...FOUR, spares: 1 };
    expect(fleet(pair(FOUR, spare)).link.bytesPerSecond(B200)).toBe(B200.scaleOutBytesPerSecond);
  });

  it('is the network between different GPUs, at the rate of each', () => {
    const { link } = fleet(pair({ ...FOUR, gpu: 'h200-sxm' }, { ...FOUR, gpu: 'gb200-nvl72' }));
    expect(link.bytesPerSecond(gpus['h200-sxm'])).toBe(50e9);
    expect(link.bytesPerSecond(gpus['gb200-nvl72'])).toBe(100e9);
  });

  it('is what the scenario says', () => {
    expect(fleet(pair(EIGHT, EIGHT), {}, { link: 'scale-up' }).link.bytesPerSecond(B200)).toBe(900e9);
    expect(fleet(pair(FOUR, FOUR), {}, { bandwidth: '25GB/s' }).link.bytesPerSecond(B200)).toBe(25e9);
  });

  it('gives one request no more than the GPUs that hold its cache', () => {
    const { factory, link } = fleet(pair(FOUR, { parallelism: { tp: 2, attentionDp: 4 } }));
    const [prefill, decode] = factory.pools.map((pool) => ports(link, pool));
    expect(prefill).toEqual({ portBytesPerSecond: 200e9, flowBytesPerSecond: 200e9 });
    expect(decode).toEqual({ portBytesPerSecond: 400e9, flowBytesPerSecond: 100e9 });
  });
});

describe('bytes that a replica has to get', () => {
  const bytes = (model: string, parallelism: object) => {
    const { factory } = fleet(pair(EIGHT, { parallelism }));
    return cacheBytes({ ...factory, model }, factory.pools[1], 'bf16').kvBytesPerToken;
  };

  it('of grouped heads are one copy up to as many GPUs as there are heads, then several', () => {
    // 94 layers, 4 heads of 128, keys and values of 2 bytes each.
    expect(bytes('qwen3-235b-a22b', { tp: 4 })).toBe(94 * 4 * 128 * 2 * 2);
    expect(bytes('qwen3-235b-a22b', { tp: 8 })).toBe(2 * 94 * 4 * 128 * 2 * 2);
  });

  it('of a latent are a copy for each GPU of the attention rank', () => {
    expect(bytes('deepseek-r1', { tp: 1, attentionDp: 8 })).toBe(61 * 576 * 2);
    expect(bytes('deepseek-r1', { tp: 8 })).toBe(8 * 61 * 576 * 2);
  });
});
