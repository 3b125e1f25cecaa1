import { z } from 'zod';
import type { CalibrationSet } from '../../perf/index.js';
import { coefficientBounds } from '../../perf/index.js';
import { InputError } from '../../scenario/input-error.js';

const band = z.strictObject({ mape: z.number().min(0), medianApe: z.number().min(0) });
const errors = z.strictObject({ tpot: band, ttft: band }).nullable();
/** Wide enough for any fit, and no coefficient overflows however many levels multiply. */
const factor = z.number().min(1e-4).max(1e4);
const names = Object.keys(coefficientBounds) as [string, ...string[]];

const calibrationSchema = z.strictObject({
  schema: z.literal('goodput-calibration-1'),
  title: z.string().max(200),
  asOf: z.string().max(40),
  data: z.strictObject({ sha256: z.string().max(64), runs: z.number().int().min(0), source: z.string().max(2000) }),
  groups: z.record(z.string(), z.number().int().min(0)),
  // Files of before there was a band for disaggregated runs have none.
  errors: z.strictObject({
    fit: errors,
    measured: errors,
    transferred: errors,
    disaggregated: errors.default(null),
  }),
  levels: z.record(z.string(), z.partialRecord(z.enum(names), factor)),
});

/**
 * Reads a calibration that `goodput calibrate` wrote.
 *
 * @throws InputError where it is no such file
 * @example parseCalibration(readFileSync('cluster.json', 'utf8'), 'cluster.json')
 */
export function parseCalibration(text: string, file: string): CalibrationSet {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError({ message: `is no JSON: ${reason}`, file, hint: 'goodput calibrate writes such files' });
  }
  const parsed = calibrationSchema.safeParse(value);
  if (parsed.success) return parsed.data as CalibrationSet;
  throw new InputError(
    parsed.error.issues.slice(0, 10).map((issue) => ({
      message: `is no calibration: ${issue.message}`,
      file,
      key: issue.path.join('.'),
      hint: 'goodput calibrate writes such files',
    })),
  );
}

/** A calibration as a file: one line per level, so that a change of one coefficient is a change of one line. */
export function calibrationJson(set: CalibrationSet): string {
  const { levels, ...rest } = set;
  const head = JSON.stringify(rest, null, 2).replace(/\n}$/, '');
  const lines = Object.entries(levels).map(([level, factors]) => `    ${JSON.stringify(level)}: ${spaced(factors)}`);
  return `${head},\n  "levels": {\n${lines.join(',\n')}\n  }\n}\n`;
}

/** The same as the catalog's source file. */
export function calibrationSource(set: CalibrationSet): string {
  return `// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: a fit may come close to any constant
import type { CalibrationSet } from './calibration-set.js';

/** Written by \`goodput calibrate CSV --base none --out shipped.ts\`; run it again rather than edit. */
// biome-ignore format: one line per level
export const shippedCalibration: CalibrationSet = ${calibrationJson(set).trimEnd()};
`;
}

function spaced(factors: Readonly<Record<string, number>>): string {
  return JSON.stringify(factors).replaceAll(',"', ', "').replaceAll('":', '": ');
}
