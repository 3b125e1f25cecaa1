import { describe, expect, it } from 'vitest';
import { conventions } from '../../src/economics/conventions.js';
import {
  carbonKilogramsPerHour,
  fleetPower,
  joulesPer,
  mostGpusUnderCap,
  perMegawatt,
} from '../../src/economics/energy.js';
import { decodePowerLevel, fullKilowatts, gpuPower } from '../../src/economics/power.js';
import { hour, pool } from './usage.js';

describe('power of a GPU', () => {
  it('is 0.33 of its TDP with its share of an idle host, and 1.3 of it while prompts are computed', () => {
    expect(gpuPower(1000, { prefillShare: 0, decodeShare: 0, decodingPerGpu: 0 })).toEqual({
      gpuWatts: 140,
      hostWatts: 190,
    });
    expect(fullKilowatts(1000)).toBeCloseTo(1.3, 12);
  });

  it('rises with the batch while decoding', () => {
    expect(decodePowerLevel(0)).toBeCloseTo(0.6, 12);
    expect(decodePowerLevel(32)).toBeCloseTo(0.8, 12);
    expect(decodePowerLevel(1e9)).toBeCloseTo(1, 6);
  });

  it('is an average over time', () => {
    // 700 W: 0.14 + 0.25 * 0.86 + 0.5 * (0.8 - 0.14) = 0.685; host 0.19 + 0.75 * 0.11 = 0.2725.
    const { gpuWatts, hostWatts } = gpuPower(700, { prefillShare: 0.25, decodeShare: 0.5, decodingPerGpu: 32 });
    expect(gpuWatts).toBeCloseTo(479.5, 9);
    expect(hostWatts).toBeCloseTo(190.75, 9);
  });
});

describe('power of a fleet', () => {
  it('adds GPUs, hosts and the building', () => {
    const power = fleetPower(hour(), 1.2);
    expect(power?.gpuKilowatts).toBeCloseTo(8 * 0.4795, 9);
    expect(power?.hostKilowatts).toBeCloseTo(8 * 0.19075, 9);
    expect(power?.overheadKilowatts).toBeCloseTo(0.2 * 8 * 0.67025, 9);
    expect(power?.averageKilowatts).toBeCloseTo(1.2 * 8 * 0.67025, 9);
    expect(power?.idleKilowatts).toBeCloseTo(1.2 * 8 * 0.7 * 0.33, 9);
    expect(power?.peakKilowatts).toBeCloseTo(1.2 * 8 * 0.7 * 1.3, 9);
  });

  it('is divided by what the GPUs did, and together the average', () => {
    const busy = pool({ startingGpuSeconds: 1800, failedGpuSeconds: 900 });
    const power = fleetPower(hour(busy, pool()), 1.2);
    // 0.7 kW: 2 GPUs at 1.3 of it, 4 at 0.8 + 0.3, 1.25 and 0.5 and 0.25 at 0.33.
    const [first] = power?.pools ?? [];
    expect(first.prefill).toBeCloseTo(1.2 * 0.7 * 2 * 1.3, 10);
    expect(first.decode).toBeCloseTo(1.2 * 0.7 * 4 * 1.1, 10);
    expect(first.idle).toBeCloseTo(1.2 * 0.7 * 1.25 * 0.33, 10);
    expect(first.startUp).toBeCloseTo(1.2 * 0.7 * 0.5 * 0.33, 10);
    expect(first.failures).toBeCloseTo(1.2 * 0.7 * 0.25 * 0.33, 10);
    const together = power?.pools.flatMap((of) => Object.values(of)).reduce((sum, kilowatts) => sum + kilowatts, 0);
    expect(together).toBeCloseTo(power?.averageKilowatts ?? 0, 10);
  });

  it('says how many GPUs a power cap carries', () => {
    // A H200 with its share of the host peaks at 0.91 kW, 1.092 kW at the meter.
    expect(mostGpusUnderCap('h200-sxm', { powerCap: 8 * 1.092, pue: 1.2 })).toBe(8);
    expect(mostGpusUnderCap('h200-sxm', { powerCap: 8.7, pue: 1.2 })).toBe(7);
    expect(mostGpusUnderCap('h200-sxm', { pue: 1.2 })).toBe(Number.POSITIVE_INFINITY);
  });

  it('is unknown where a GPU is', () => {
    expect(fleetPower(hour(pool({ gpu: null })), 1.2)).toBeNull();
  });

  it('gives joules, megawatts and carbon', () => {
    expect(joulesPer(10, 2000)).toBe(5);
    expect(joulesPer(10, 0)).toBeNull();
    expect(perMegawatt(3000, 10)).toBe(300_000);
    expect(perMegawatt(3000, null)).toBeNull();
    expect(carbonKilogramsPerHour(10, 400)).toBe(4);
    expect(carbonKilogramsPerHour(10, undefined)).toBeNull();
  });
});

describe('conventions', () => {
  const delivered = { inputTokensPerSecond: 8000, cachedShare: 0.75, outputTokensPerSecond: 1000 };

  it('count all tokens over all GPUs for InferenceX, and answer tokens for MLPerf', () => {
    const { inferencex, mlperf } = conventions(hour(), delivered, 36, 8, 'rental-2026');
    expect(inferencex.tokensPerSecondPerGpu).toBe(1125);
    expect(mlperf.tokensPerSecondPerGpu).toBe(125);
    // $36 an hour over 32.4 and over 3.6 million tokens.
    expect(inferencex.usdPerMillionTokens).toBeCloseTo(36 / 32.4, 12);
    expect(mlperf.usdPerMillionTokens).toBeCloseTo(10, 12);
  });

  it('leave out cached prompt tokens where what was computed is asked for', () => {
    // A quarter of 8,000 prompt tokens and all answers: 3,000 tokens/s on eight GPUs.
    const { computed } = conventions(hour(), delivered, 36, 8, 'rental-2026');
    expect(computed.tokensPerSecondPerGpu).toBe(375);
    expect(computed.usdPerMillionTokens).toBeCloseTo(36 / 10.8, 12);
    expect(computed.tokensPerSecondPerMegawatt).toBe(375_000);
  });

  it('take the provisioned power of the year of the prices for InferenceX, and what was drawn for MLPerf', () => {
    const of = (prices: string) => conventions(hour(), delivered, 36, 8, prices);
    // 8 H200: 1.73 kW each by the accounting of 2025, 1.37 kW by that of 2026.
    expect(of('rental-2025').inferencex.tokensPerSecondPerMegawatt).toBeCloseTo(9000 / (8 * 0.00173), 6);
    expect(of('rental-2026').inferencex.tokensPerSecondPerMegawatt).toBeCloseTo(9000 / (8 * 0.00137), 6);
    expect(of('rental-2026').mlperf.tokensPerSecondPerMegawatt).toBeCloseTo(1000 / 0.008, 6);
  });
});
