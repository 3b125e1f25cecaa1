import { describe, expect, it } from 'vitest';
import { gpus, stacks } from '../../src/catalog/index.js';
import { allToAllSeconds, linkOf, ranksPerToken, reduceAcrossSeconds } from '../../src/perf/collectives.js';
import { datasheetCalibration } from '../../src/perf/index.js';

describe('collectives', () => {
  const link = { bytesPerSecond: 100e9, extraSeconds: 0 };

  it('cost nothing on one GPU or in one domain', () => {
    expect(reduceAcrossSeconds(1e9, 1, 8, link)).toBe(0);
    expect(allToAllSeconds(1e3, 1e3, 1, link, 1e-5)).toBe(0);
  });

  it('a sum across 4 domains of 8 GPUs moves 2 (n - 1) / n of an eighth of the bytes over each link', () => {
    const far = { ...link, extraSeconds: 1e-5 };
    expect(reduceAcrossSeconds(1e9, 4, 8, far)).toBeCloseTo(1e-5 + (2 * 0.75 * 1e9) / 8 / 100e9, 12);
  });

  it('a token with 8 experts on 8 ranks goes to 5.25 of them, and to 8 of very many', () => {
    expect(ranksPerToken(8, 8)).toBeCloseTo(8 * (1 - (7 / 8) ** 8), 12);
    expect(ranksPerToken(1e6, 8)).toBeCloseTo(8, 4);
    expect(ranksPerToken(1, 8)).toBe(1);
  });

  it('use NVLink inside the domain, PCIe inside a node without one, the NIC beyond', () => {
    const c = datasheetCalibration(stacks.vllm).coefficients;
    const speed = (gpu: string, n: number): number => linkOf(gpus[gpu], n, c).bytesPerSecond / c.linkEfficiency;
    expect(speed('h100-sxm', 8)).toBe(450e9);
    expect(speed('h100-sxm', 16)).toBe(50e9);
    expect(speed('gb200-nvl72', 64)).toBe(900e9);
    expect(speed('l40s', 8)).toBe(32e9);
  });
});
