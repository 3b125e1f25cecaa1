import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { yearlyCost } from '../../src/economics/annuity.js';
import { fleetCost } from '../../src/economics/cost.js';
import { fleetPower } from '../../src/economics/energy.js';
import { fleetGpus, gpusAgainst, gpusByUse } from '../../src/economics/fleet-usage.js';
import { bookValueUsd, ownedGpuHour, purchaseUsd } from '../../src/economics/ownership.js';
import { gpuHourUsd } from '../../src/economics/prices.js';
import { usdPer, usdPerMillion, usdPerSession, usdPerUserMonth } from '../../src/economics/unit-cost.js';
import { economics, hour, pool } from './usage.js';

const total = (parts: object) => Object.values(parts).reduce((sum: number, part: number) => sum + part, 0);
const HOURS_PER_YEAR = 8766;

describe('annuity', () => {
  it('pays 1000 dollars over two years at 10 % with 576.19 a year', () => {
    // Present value: 576.19 / 1.1 + 576.19 / 1.21 = 523.81 + 476.19.
    const { depreciationUsd, capitalUsd } = yearlyCost(1000, 2, 0.1);
    expect(depreciationUsd).toBe(500);
    expect(depreciationUsd + capitalUsd).toBeCloseTo(576.19, 2);
  });

  it('leaves out what the residual value pays', () => {
    // 200 in two years are worth 200 / 1.21 = 165.29 today; the annuity of 834.71 is 480.95.
    const { depreciationUsd, capitalUsd } = yearlyCost(1000, 2, 0.1, 0.2);
    expect(depreciationUsd).toBe(400);
    expect(depreciationUsd + capitalUsd).toBeCloseTo(480.95, 2);
  });

  it('has no cost of capital where capital is free', () => {
    expect(yearlyCost(1000, 4, 0, 0.5)).toEqual({ depreciationUsd: 125, capitalUsd: 0 });
  });
});

describe('ownership', () => {
  const own = economics({
    own: {
      gpu: { 'h200-sxm': 30_000 },
      server: 5064,
      network: 4000,
      facility: 10_000,
      years: 4,
      facilityYears: 10,
      capitalRate: 0,
      maintenance: '5%',
      staff: 876.6,
      colocation: 100,
      provisioned: '1.5kW',
    },
  }).own;

  it('costs by the hour what it costs by the year', () => {
    if (own === undefined) throw new Error('no ownership');
    const parts = ownedGpuHour('h200-sxm', own);
    // 30 000 / 4 / 8766 = 0.8556; 5064 / 4 / 8766 = 0.1444; 4000 / 4 / 8766 = 0.1141; 10 000 / 10 / 8766 = 0.1141.
    expect(parts?.gpus).toBeCloseTo(0.8556, 4);
    expect(parts?.servers).toBeCloseTo(0.1444, 4);
    expect(parts?.network).toBeCloseTo(0.1141, 4);
    expect(parts?.facility).toBeCloseTo(0.1141, 4);
    // 5 % of 39 064 = 1953.2 a year; 876.6 a year; 100 * 1.5 kW a month of 730.5 hours.
    expect(parts?.maintenance).toBeCloseTo(0.2228, 4);
    expect(parts?.staff).toBeCloseTo(0.1, 10);
    expect(parts?.colocation).toBeCloseTo(0.2053, 4);
    expect(parts?.capital).toBe(0);
    expect(purchaseUsd('h200-sxm', own)).toBe(49_064);
  });

  it('has a cost of capital beside the depreciation, of equipment and building', () => {
    // Annuities at 10 %: 1000 over 2 years 576.19, of it 76.19 beyond depreciation; 1000 over 3 years 402.11, of it 68.78.
    const bought = economics({
      own: { gpu: { 'h200-sxm': 600 }, server: 300, network: 100, facility: 1000, years: 2, facilityYears: 3 },
    }).own;
    if (bought === undefined) throw new Error('no ownership');
    expect(ownedGpuHour('h200-sxm', bought)?.capital).toBeCloseTo((76.19 + 68.78) / HOURS_PER_YEAR, 6);
  });

  it('reserves the power of the catalog in a rented place, or of a GPU that it does not know that of', () => {
    const place = economics({ own: { gpu: { 'h200-sxm': 1, l40s: 1 }, colocation: 73.05 } }).own;
    if (place === undefined) throw new Error('no ownership');
    // $73.05 a month are $0.10 an hour: 1.37 kW for a H200; 0.35 kW * 1.3 for an L40S.
    expect(ownedGpuHour('h200-sxm', place)?.colocation).toBeCloseTo(0.137, 10);
    expect(ownedGpuHour('l40s', place)?.colocation).toBeCloseTo(0.0455, 10);
  });

  it('is worth less every year, down to its residual value', () => {
    const bought = economics({
      own: {
        gpu: { 'h200-sxm': 800 },
        server: 150,
        network: 50,
        facility: 1000,
        years: 4,
        facilityYears: 10,
        residual: 0.2,
      },
    }).own;
    if (bought === undefined) throw new Error('no ownership');
    // After a year 1000 - 200 of equipment and 1000 - 100 of the building; after six, 200 and 400.
    expect(bookValueUsd('h200-sxm', bought, 1)).toBeCloseTo(1700, 9);
    expect(bookValueUsd('h200-sxm', bought, 6)).toBeCloseTo(600, 9);
    expect(bookValueUsd('h200-sxm', bought, 20)).toBeCloseTo(200, 9);
    expect(bookValueUsd('b200-sxm', bought, 1)).toBeNull();
  });

  it('is unknown for a GPU without a price', () => {
    if (own === undefined) throw new Error('no ownership');
    expect(ownedGpuHour('b200-sxm', own)).toBeNull();
    expect(fleetCost(hour(pool({ gpu: 'b200-sxm' })), economics({ own }), null)).toBeNull();
  });

  it('pays for installed GPUs, also those that are switched off', () => {
    const entry = economics({ own: { gpu: { 'h200-sxm': HOURS_PER_YEAR * 4 }, capitalRate: 0 } });
    const half = hour(pool({ provisionedGpuSeconds: 4 * 3600, prefillGpuSeconds: 0, decodeGpuSeconds: 3600 }));
    expect(fleetCost(half, entry, null)?.usdPerHour).toBeCloseTo(8, 10);
  });

  it('books what is owned and switched off as unused, and what is on by what it does', () => {
    const entry = economics({ own: { gpu: { 'h200-sxm': HOURS_PER_YEAR * 4 }, capitalRate: 0 } });
    // Eight GPUs at a dollar; four of them on: one hour each of prompts and answers, two of idling.
    const usage = hour(pool({ provisionedGpuSeconds: 4 * 3600, prefillGpuSeconds: 3600, decodeGpuSeconds: 3600 }));
    const byUse = fleetCost(usage, entry, null)?.byUse;
    const expected = { prefill: 1, decode: 1, idle: 2, startUp: 0, failures: 0, unused: 4 };
    for (const [use, usd] of Object.entries(expected)) {
      expect(byUse?.[use as keyof typeof expected], use).toBeCloseTo(usd, 10);
    }
  });

  it('books the switched-off GPUs of one pool to no other', () => {
    const entry = economics({ own: { gpu: { 'h200-sxm': HOURS_PER_YEAR * 4 }, capitalRate: 0 } });
    const off = pool({ provisionedGpuSeconds: 0, prefillGpuSeconds: 0, decodeGpuSeconds: 0 });
    const byUse = fleetCost(hour(pool(), off), entry, null)?.byUse;
    expect(byUse?.prefill).toBeCloseTo(2, 10);
    expect(byUse?.decode).toBeCloseTo(4, 10);
    expect(byUse?.idle).toBeCloseTo(2, 10);
    expect(byUse?.unused).toBeCloseTo(8, 10);
  });

  it('adds electricity, whatever electricityIncluded says', () => {
    const entry = economics({ own: { gpu: { 'h200-sxm': HOURS_PER_YEAR * 4 }, capitalRate: 0 } });
    const cost = fleetCost(hour(), entry, fleetPower(hour(), 1.2));
    // 8 GPUs at 0.67025 kW on average, 1.2 of it at the meter, $0.08 per kWh.
    expect(cost?.parts.electricity).toBeCloseTo(0.514752, 10);
    expect(cost?.usdPerHour).toBeCloseTo(8.514752, 10);
  });
});

describe('GPUs of a pool', () => {
  it('are counted by what they did, the rest idles', () => {
    // Of 28 800 GPU-seconds in an hour: 7200 of prompts, 14 400 of answers, 1800 of starting, 900 of being broken.
    const usage = pool({ startingGpuSeconds: 1800, failedGpuSeconds: 900 });
    expect(gpusByUse(usage, 3600)).toEqual({ prefill: 2, decode: 4, idle: 1.25, startUp: 0.5, failures: 0.25 });
    expect(gpusByUse(usage, 0)).toEqual({ prefill: 0, decode: 0, idle: 8, startUp: 0, failures: 0 });
  });

  it('are held against a contract at every size they had', () => {
    const sizes = [
      { gpus: 4, seconds: 1800 },
      { gpus: 8, seconds: 1800 },
    ];
    // Two unused for half of the time, two beyond for half of it.
    expect(gpusAgainst(6, { ...hour(), sizes })).toEqual({ beyond: 1, unused: 1 });
    expect(gpusAgainst(6, hour())).toEqual({ beyond: 2, unused: 0 });
  });
});

describe('the price of a GPU-hour', () => {
  it('is that of the scenario, else that of its book', () => {
    expect(gpuHourUsd('h200-sxm', economics({ prices: 'neocloud-2026' }))).toBe(1.59);
    expect(gpuHourUsd('h200-sxm', economics({ prices: 'neocloud-2026', gpuHour: { 'h200-sxm': 9 } }))).toBe(9);
    expect(gpuHourUsd('mi300x', economics({ prices: 'neocloud-2026' }))).toBeNull();
  });
});

describe('fleet cost', () => {
  it('is that of the price book for every provisioned hour, idle ones included', () => {
    const cost = fleetCost(hour(), economics({ prices: 'rental-2026' }), fleetPower(hour(), 1.2));
    expect(cost?.usdPerHour).toBeCloseTo(8 * 2.05, 10);
    expect(cost?.parts).toMatchObject({ contract: 16.4, electricity: 0, onDemand: 0 });
  });

  it('goes to prompts, answers, idling, starting and failing by GPU time', () => {
    const busy = pool({ startingGpuSeconds: 1800, failedGpuSeconds: 900 });
    const byUse = fleetCost(hour(busy), economics({ gpuHour: { 'h200-sxm': 1 } }), null)?.byUse;
    expect(byUse).toEqual({ prefill: 2, decode: 4, idle: 1.25, startUp: 0.5, failures: 0.25, unused: 0 });
  });

  it('of GPUs that cost nothing is their electricity, by what each use draws', () => {
    const entry = economics({ gpuHour: { 'h200-sxm': 0 }, electricityIncluded: false, electricity: 0.1 });
    const busy = pool({ startingGpuSeconds: 1800, failedGpuSeconds: 900 });
    const cost = fleetCost(hour(busy), entry, fleetPower(hour(busy), 1.5));
    // A GPU of 700 W draws 1.3 of it with prompts, 0.8 + 0.3 with answers, 0.33 without; 1.5 of that at the meter.
    const [prompts, answers, nothing] = [0.7 * 1.3 * 0.15, 0.7 * 1.1 * 0.15, 0.7 * 0.33 * 0.15];
    expect(cost?.byUse.prefill).toBeCloseTo(2 * prompts, 10);
    expect(cost?.byUse.decode).toBeCloseTo(4 * answers, 10);
    expect(cost?.byUse.idle).toBeCloseTo(1.25 * nothing, 10);
    expect(cost?.byUse.startUp).toBeCloseTo(0.5 * nothing, 10);
    expect(cost?.byUse.failures).toBeCloseTo(0.25 * nothing, 10);
    // A third of the work is for prompts.
    expect(cost?.split?.inputUsdPerHour).toBeCloseTo((cost?.usdPerHour ?? 0) / 3, 10);
  });

  it('adds what exceeds the contract at the price on demand', () => {
    const entry = economics({ gpuHour: { 'h200-sxm': 2 }, rental: { committed: 6, onDemandFactor: 1.5 } });
    const cost = fleetCost(hour(), entry, null);
    expect(cost?.parts).toMatchObject({ contract: 12, onDemand: 6 });
    expect(cost?.usdPerHour).toBe(18);
  });

  it('pays for a contract that is larger than the fleet', () => {
    const cost = fleetCost(hour(), economics({ gpuHour: { 'h200-sxm': 2 }, rental: { committed: 10 } }), null);
    expect(cost?.usdPerHour).toBe(20);
    expect(cost?.byUse.unused).toBe(4);
  });

  it('pays for peaks beyond the contract and for its unused GPUs, though the average is the contract', () => {
    // Half an hour with 4 GPUs, half with 12; eight under contract at $2, four on demand at $3 for half an hour.
    const usage = {
      ...hour(),
      sizes: [
        { gpus: 4, seconds: 1800 },
        { gpus: 12, seconds: 1800 },
      ],
    };
    const entry = economics({ gpuHour: { 'h200-sxm': 2 }, rental: { committed: 8, onDemandFactor: 1.5 } });
    const cost = fleetCost(usage, entry, null);
    expect(cost?.parts).toMatchObject({ contract: 16, onDemand: 6 });
    expect(cost?.usdPerHour).toBe(22);
    // Of the contract, four GPUs were unused for half an hour.
    expect(cost?.byUse.unused).toBe(4);
  });

  it('lets the hours of the load pay for those in which nothing is served', () => {
    const entry = economics({ gpuHour: { 'h200-sxm': 1 }, utilization: 0.5, electricityIncluded: false });
    const cost = fleetCost(hour(), entry, fleetPower(hour(), 1.2));
    // Standing: 8 for the GPUs and 8 * 0.7 * 0.33 * 1.2 kW * $0.08 = 0.177408 for idling, once more for the other half of
    // the year; 0.514752 for the electricity of the load.
    expect(cost?.parts.unused).toBeCloseTo(8.177408, 10);
    expect(cost?.usdPerHour).toBeCloseTo(16.69216, 10);
  });

  it('splits prompts from answers by GPU time, idle time in proportion', () => {
    const split = fleetCost(hour(), economics({ gpuHour: { 'h200-sxm': 3 } }), null)?.split;
    expect(split).toEqual({ inputUsdPerHour: 8, outputUsdPerHour: 16 });
  });

  it('gives all of a prefill pool to prompts and all of a decode pool to answers, each at its price', () => {
    const prefill = pool({ gpu: 'b200-sxm', installedGpus: 4, provisionedGpuSeconds: 14_400, decodeGpuSeconds: 0 });
    const decode = pool({ prefillGpuSeconds: 0 });
    const entry = economics({ gpuHour: { 'b200-sxm': 3, 'h200-sxm': 2 } });
    const split = fleetCost(hour(prefill, decode), entry, null)?.split;
    expect(split?.inputUsdPerHour).toBeCloseTo(12, 10);
    expect(split?.outputUsdPerHour).toBeCloseTo(16, 10);
  });

  it('has no split where no GPU worked, and no cost where a price is unknown', () => {
    const idle = pool({ prefillGpuSeconds: 0, decodeGpuSeconds: 0 });
    expect(fleetCost(hour(idle), economics(), null)?.split).toBeNull();
    expect(fleetCost(hour(pool({ gpu: 'l40s' })), economics(), null)).toBeNull();
    expect(fleetCost(hour(pool({ gpu: null })), economics(), null)).toBeNull();
  });

  it('equals the sum of its parts, of its uses and of its split', () => {
    const real = (max: number) => fc.double({ min: 0, max, noNaN: true });
    const ways = fc.oneof(
      fc.record({ electricityIncluded: fc.boolean() }),
      fc.record({
        electricityIncluded: fc.constant(false),
        gpuHour: fc.record({ 'h200-sxm': fc.constantFrom(0, 2), 'b200-sxm': fc.constantFrom(0, 3) }),
      }),
      fc.record({
        electricityIncluded: fc.boolean(),
        rental: fc.record({ committed: fc.integer({ min: 0, max: 40 }), onDemandFactor: real(5) }),
      }),
      fc.record({
        own: fc.record({
          gpu: fc.constant({ 'h200-sxm': 31_000, 'b200-sxm': 42_000 }),
          server: real(1e4),
          network: real(1e4),
          facility: real(1e4),
          residual: real(1),
          capitalRate: real(0.3),
          maintenance: real(0.2),
          staff: real(1e4),
          colocation: real(300),
        }),
      }),
    );
    const pools = fc.array(
      fc.record({
        gpu: fc.constantFrom('h200-sxm', 'b200-sxm'),
        gpus: fc.integer({ min: 1, max: 64 }),
        on: real(1),
        peaks: real(1),
        busy: real(1),
        prefill: real(1),
        starting: real(0.5),
        failed: real(0.5),
      }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(ways, pools, fc.double({ min: 0.05, max: 1, noNaN: true }), (way, list, utilization) => {
        const pooled = hour(
          ...list.map(({ gpu, gpus, on, busy, prefill, starting, failed }) => {
            const provisionedGpuSeconds = gpus * 3600 * Math.max(on, 0.01);
            const startingGpuSeconds = provisionedGpuSeconds * starting;
            const failedGpuSeconds = provisionedGpuSeconds * failed;
            const worked = (provisionedGpuSeconds - startingGpuSeconds - failedGpuSeconds) * busy;
            return pool({
              gpu,
              installedGpus: gpus,
              provisionedGpuSeconds,
              prefillGpuSeconds: worked * prefill,
              decodeGpuSeconds: worked * (1 - prefill),
              startingGpuSeconds,
              failedGpuSeconds,
            });
          }),
        );
        // Half of the hour smaller than on average, half of it larger.
        const [average, swing] = [fleetGpus(pooled), list[0].peaks];
        const sizes = [1 - swing, 1 + swing].map((factor) => ({ gpus: average * factor, seconds: 1800 }));
        const usage = { ...pooled, sizes };
        const cost = fleetCost(usage, economics({ ...way, utilization }), fleetPower(usage, 1.2));
        if (cost === null) throw new Error('no cost');
        expect(cost.usdPerHour).toBeGreaterThan(0);
        const close = (sum: number) => expect(Math.abs(sum / cost.usdPerHour - 1)).toBeLessThan(1e-9);
        close(total(cost.parts));
        close(total(cost.byUse));
        if (pooled.pools.some((of) => of.prefillGpuSeconds + of.decodeGpuSeconds > 0)) close(total(cost.split ?? {}));
        for (const part of [...Object.values(cost.parts), ...Object.values(cost.byUse)]) {
          expect(part).toBeGreaterThanOrEqual(-1e-9 * cost.usdPerHour);
        }
      }),
      { seed: 20261124 },
    );
  });
});

describe('cost of a unit', () => {
  it('is dollars per hour over units per hour', () => {
    // $2.65 an hour at 6,000 tokens/s: 2.65 / 21.6 million tokens.
    expect(usdPerMillion(2.65, 6000)).toBeCloseTo(0.12269, 5);
    expect(usdPer(7.2, 2)).toBeCloseTo(0.001, 12);
    expect(usdPerMillion(2.65, 0)).toBeNull();
    expect(usdPerMillion(null, 10)).toBeNull();
  });

  it('of sessions and user-months follows the requests they make', () => {
    expect(usdPerSession(0.002, 12)).toBeCloseTo(0.024, 12);
    expect(usdPerSession(0.002, null)).toBeNull();
    expect(usdPerUserMonth(0.002, 16.4, 50, { requestsPerUserMonth: 600 })).toBeCloseTo(1.2, 12);
    // Without a figure: $16.40 an hour, 730.5 hours a month, 50 users who never stop.
    expect(usdPerUserMonth(0.002, 16.4, 50, { requestsPerUserMonth: undefined })).toBeCloseTo(239.604, 6);
    expect(usdPerUserMonth(0.002, 16.4, 0, { requestsPerUserMonth: undefined })).toBeNull();
  });
});
