import { describe, expect, it } from 'vitest';
import { gpus, stacks } from '../../src/catalog/index.js';
import { allToAllSeconds, dispatchOf, linkOf, ranksPerToken, reduceAcrossSeconds } from '../../src/perf/collectives.js';
import { datasheetCalibration } from '../../src/perf/index.js';

describe('collectives', () => {
  const link = { bytesPerSecond: 100e9, extraSeconds: 0 };

  it('cost nothing on one GPU or in one domain', () => {
    expect(reduceAcrossSeconds(1e9, 1, 8, link)).toBe(0);
    expect(allToAllSeconds(1e3, dispatchOf(1, 8, 1, 1, 1), 1e3, 1, { inside: link, across: link }, 1e-5)).toBe(0);
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

  it('a token crosses once to each other domain that holds any of its experts', () => {
    // 16 ranks in two nodes: 8 experts are all in its own node once in 256, so 255 / 256 of the tokens cross.
    const { copies, crossing } = dispatchOf(16, 8, 16, 2, 1);
    expect(crossing * 16).toBeCloseTo(255 / 256, 12);
    expect(copies).toBeCloseTo(ranksPerToken(16, 8) / 16, 12);
    // Experts cut over all ranks: everybody needs every token.
    expect(dispatchOf(1, 8, 16, 2, 1)).toEqual({ copies: 1, crossing: 1 / 16 });
    expect(dispatchOf(8, 8, 8, 1, 1).crossing).toBe(0);
  });

  it('send few tokens directly, and of many as long as the slower of NVLink and network', () => {
    const seconds = (tokens: number, network: number): number =>
      allToAllSeconds(
        tokens,
        dispatchOf(16, 8, 16, 2, 1),
        7168,
        16,
        { inside: link, across: { ...link, bytesPerSecond: network } },
        0,
      );
    const received = (ranksPerToken(16, 8) / 16) * (15 / 16) * 7168;
    expect(seconds(160, 1e9)).toBeCloseTo((160 * received) / 1e9, 12);
    const crossing = (1e6 * (255 / 256) * 7168) / 16;
    expect(seconds(1e6, 1e9)).toBeCloseTo(crossing / 1e9, 9);
    expect(seconds(1e6, 99e9)).toBeCloseTo((1e6 * received) / 100e9, 9);
    // In between never less than the longest that is sent directly.
    const some = [1, 100, 8192, 8193, 12e3, 5e4, 1e6].map((tokens) => seconds(tokens, 1e9));
    expect(some).toEqual([...some].sort((a, b) => a - b));
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
