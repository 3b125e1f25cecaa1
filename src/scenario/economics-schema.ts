import { z } from 'zod';
import { accepted, choice, flag, kilowatts, line, real, share, usdPerKilowattHour, whole } from './quantities.js';

/** $ by GPU name, sorted, so that the order of keys in the file leaves no mark on the result. */
const usdByGpu = (max: number) =>
  z
    .record(line(200), real({ min: 0, max }))
    .transform((prices) => Object.fromEntries(Object.entries(prices).sort(([a], [b]) => (a < b ? -1 : 1))));

const MOST_USD = 1e9;

const own = z.strictObject({
  gpu: usdByGpu(MOST_USD).describe('$ paid for one GPU, by GPU name'),
  server: real({ min: 0, max: MOST_USD })
    .default(0)
    .describe('$ per GPU for its share of CPUs, memory, disks, chassis'),
  network: real({ min: 0, max: MOST_USD }).default(0).describe('$ per GPU for NICs, switches, cables, optics'),
  facility: real({ min: 0, max: MOST_USD })
    .default(0)
    .describe('$ per GPU for its share of an own building with power and cooling'),
  years: real({ min: 0.1, max: 50 }).default(4).describe('Years over which GPUs, servers and network are written off'),
  facilityYears: real({ min: 0.1, max: 100 }).default(15).describe('Years over which the building is written off'),
  residual: share(0, 1).default(0).describe('Share of the price that GPUs, servers and network fetch in the end'),
  capitalRate: share(0, 1).default(0.1).describe('Cost of capital per year (weighted average), such as 10%'),
  maintenance: share(0, 1)
    .default(0)
    .describe('Repairs and support per year, as a share of what GPUs, servers and network cost'),
  staff: real({ min: 0, max: MOST_USD }).default(0).describe('$ per GPU and year for people and software'),
  colocation: real({ min: 0, max: MOST_USD })
    .default(0)
    .describe('$ per kW of provisioned IT power and month for a rented place'),
  provisioned: kilowatts({ min: 0, max: 1000, above: true })
    .optional()
    .describe('IT power to provision per GPU, host included; default: that of the catalog'),
});

const rental = z.strictObject({
  committed: whole(0, 10_000_000).describe('GPUs under contract: paid for all the time, used or not'),
  onDemandFactor: real({ min: 0, max: 1000 })
    .default(2)
    .describe('Price of a GPU-hour beyond the contract, as a multiple of that of the contract'),
});

/** A yearly change, or the multipliers themselves. */
const curve = (word: string, most: number) => {
  const schema = z.union([
    share(0, most),
    z
      .array(real({ min: 0, max: 1e6 }))
      .min(1)
      .max(100),
  ]);
  accepted.add(schema, {
    is: 'a share per year or a list of multipliers',
    allowed: `such as 30% (${word} 30 % a year; at most ${most * 100}%), or multipliers at the start of each year, such as [1, 0.7, 0.5]`,
  });
  return schema;
};

const outlook = z.strictObject({
  years: real({ min: 0.1, max: 50 }).default(4).describe('How long the investment is to earn'),
  discountRate: share(0, 1).default(0.1).describe('Rate per year at which later money counts less'),
  priceErosion: curve('prices fall by', 1)
    .default(0)
    .describe('How what customers pay falls: a share per year, or multipliers'),
  softwareProgress: curve('throughput grows by', 10)
    .default(0)
    .describe('How better software raises the tokens served on the same fleet; supposes that demand grows with it'),
});

/** What the fleet costs, draws and earns. */
export const economicsSchema = z
  .strictObject({
    prices: line(200).default('rental-2026').describe('Price book by its name in the catalog'),
    gpuHour: usdByGpu(1e6).optional().describe('$ per GPU-hour by GPU name; wins over the price book'),
    currency: line(20).default('USD').describe('Label of all amounts; nothing is converted'),
    own: own.optional().describe('Full cost of ownership, in place of a $ per GPU-hour'),
    rental: rental.optional().describe('How much of the fleet is under contract; default: all of it'),
    utilization: share(0, 1, { above: true })
      .default(1)
      .describe(
        'Share of the year in which the fleet serves this load; it is paid for all year and earns nothing else',
      ),
    pue: real({ min: 1, max: 10 }).default(1.2).describe('Power usage effectiveness: facility power / IT power'),
    electricity: usdPerKilowattHour({ min: 0, max: 1000 }).default(0.08).describe('$ per kWh'),
    electricityIncluded: flag()
      .default(true)
      .describe(
        'Whether the $ per GPU-hour already contain electricity; false adds it to the cost. own always adds it',
      ),
    gridCarbon: real({ min: 0, max: 10_000 }).optional().describe('Grams of CO2 equivalent per kWh of the grid'),
    powerCap: kilowatts({ min: 0, max: 1e9, above: true })
      .optional()
      .describe('Most power at the meter; a fleet whose peak exceeds it fails as an expectation would'),
    investment: real({ min: 0, max: 1e15, above: true })
      .optional()
      .describe('$ paid up front, for payback and NPV; default with own: what the fleet costs to buy'),
    earns: choice(['served', 'good'])
      .default('served')
      .describe('Which requests are paid for: all served, or only good ones'),
    outlook: outlook.optional().describe('Horizon and curves of the net present value'),
    requestsPerSession: real({ min: 0, max: 1e9, above: true })
      .optional()
      .describe('Requests of a session, for the cost of one; default: as simulated'),
    requestsPerUserMonth: real({ min: 0, max: 1e12, above: true })
      .optional()
      .describe(
        'Requests of a user in a month, for the cost of one; default: that of a closed-loop user who never stops',
      ),
  })
  .superRefine((entry, context) => {
    for (const key of ['gpuHour', 'rental'] as const) {
      if (entry.own !== undefined && entry[key] !== undefined) {
        context.addIssue({
          code: 'custom',
          path: [key],
          message: 'is for rented GPUs, and own says that they are bought; remove one',
        });
      }
    }
  });

/** Parsed `economics` of a scenario. */
export type Economics = z.output<typeof economicsSchema>;
export type Ownership = NonNullable<Economics['own']>;
export type Outlook = NonNullable<Economics['outlook']>;
/** A share per year, or multipliers at the start of each year. */
export type YearlyCurve = Outlook['priceErosion'];
