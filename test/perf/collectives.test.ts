import { describe, expect, it } from 'vitest';
import { gpus, stacks } from '../../src/catalog/index.js';
import { allReduceSeconds, allToAllSeconds, linkOf, ranksPerToken } from '../../src/perf/collectives.js';
import { datasheetCalibration } from '../../src/perf/index.js';

describe('collectives', () => {
  const link = { bytesPerSecond: 100e9, extraSeconds: 0 };

  it('cost nothing on one GPU', () => {
    expect(allReduceSeconds(1e9, 1, link, 1e-5)).toBe(0);
    expect(allToAllSeconds(1e3, 1e3, 1, link, 1e-5)).toBe(0);
  });

  it('an all-reduce moves 2 (n - 1) / n of the bytes', () => {
    expect(allReduceSeconds(1e9, 4, link, 1e-5)).toBeCloseTo(1e-5 + (2 * 0.75 * 1e9) / 100e9, 12);
  });

  it('a token with 8 experts on 8 ranks goes to 5.25 of them, and to 8 of very many', () => {
    expect(ranksPerToken(8, 8)).toBeCloseTo(8 * (1 - (7 / 8) ** 8), 12);
    expect(ranksPerToken(1e6, 8)).toBeCloseTo(8, 4);
    expect(ranksPerToken(1, 8)).toBe(1);
  });

  it('use NVLink inside the domain, PCIe inside a node without one, the NIC beyond', () => {
    const c = datasheetCalibration(gpus['h100-sxm'], stacks.vllm, 'fp8').coefficients;
    const speed = (gpu: string, n: number): number => linkOf(gpus[gpu], n, c).bytesPerSecond / c.linkEfficiency;
    expect(speed('h100-sxm', 8)).toBe(450e9);
    expect(speed('h100-sxm', 16)).toBe(50e9);
    expect(speed('gb200-nvl72', 64)).toBe(900e9);
    expect(speed('l40s', 8)).toBe(32e9);
  });
});
