import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { KernelCurve } from '../../catalog/kernel-curves/kernel-curve.js';
import { coefficientsOutOfBounds, isKernelOperation, specsOf } from '../../perf/curves/index.js';
import type { KernelCalibration } from './calibrate.js';
import { groupBy } from './error-report.js';

/** What the shipped files and a user's own file hold. */
const curveSchema = z.strictObject({
  operation: z.string(),
  type: z.string(),
  gpu: z.string(),
  stack: z.string(),
  stackVersion: z.string(),
  shapes: z.int().positive(),
  meanError: z.number().nonnegative(),
  medianError: z.number().nonnegative(),
  coefficients: z.record(z.string(), z.number()),
});
const fileSchema = z.strictObject({
  source: z.string(),
  tables: z.strictObject({ count: z.int(), sha256: z.string() }),
  curves: z.array(curveSchema),
});

/** One readable JSON document, one curve a line. */
export function curvesToJson(calibration: KernelCalibration, source: string): string {
  const lines = calibration.curves.map((curve) => `    ${JSON.stringify(curve)}`);
  const head = `  "source": ${JSON.stringify(source)},\n  "tables": ${JSON.stringify(calibration.tables)},\n`;
  return `{\n${head}  "curves": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

/**
 * Reads what {@link curvesToJson} wrote, possibly edited by hand since.
 *
 * @throws Error that names the curve whose operation is unknown or whose coefficients are out of bounds
 */
export function curvesFromJson(text: string): KernelCurve[] {
  const { curves } = fileSchema.parse(JSON.parse(text));
  for (const curve of curves) {
    const name = `${curve.operation} ${curve.type} (${curve.gpu}, ${curve.stack})`;
    if (!isKernelOperation(curve.operation)) throw new Error(`${name}: no such operation`);
    const wrong = coefficientsOutOfBounds(specsOf(curve.operation), curve.coefficients);
    if (wrong.length > 0) throw new Error(`${name}: out of bounds: ${wrong.join(', ')}`);
  }
  return curves;
}

/** Writes the catalog's files, one per GPU, into `folder`. The same calibration gives the same bytes. */
export async function writeCatalogFiles(calibration: KernelCalibration, folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const byGpu = groupBy(calibration.curves, (curve) => curve.gpu);
  const files = [...byGpu].map(([gpu, curves]) => ({ name: `${gpu}.ts`, text: catalogModule(gpu, curves) }));
  files.push({ name: 'fitted-tables.ts', text: tablesModule(calibration) });
  for (const { name, text } of files) await writeFile(join(folder, name), text);
  return files.map(({ name }) => join(folder, name));
}

function catalogModule(gpu: string, curves: readonly KernelCurve[]): string {
  const lines = curves.map((curve) => `  ${literal(curve)},`);
  return [
    "import type { KernelCurve } from './kernel-curve.js';",
    '',
    '/** Written by `goodput calibrate --kernels`; see `index.ts` for the source. */',
    '// biome-ignore format: one curve a line',
    `export const ${camelCase(gpu)}: readonly KernelCurve[] = [`,
    ...lines,
    '];',
    '',
  ].join('\n');
}

function tablesModule({ tables }: KernelCalibration): string {
  return [
    '/** The tables the curves were fitted to. Written by `goodput calibrate --kernels`. */',
    `export const fittedTables = {`,
    `  count: ${tables.count},`,
    `  sha256: '${tables.sha256}',`,
    '} as const;',
    '',
  ].join('\n');
}

function literal({ coefficients, ...fields }: KernelCurve): string {
  const named: Readonly<Record<string, string | number>> = fields;
  const outer = Object.entries(named).map(
    ([key, field]) => `${key}: ${typeof field === 'string' ? `'${field}'` : numeral(field)}`,
  );
  const inner = Object.entries(coefficients).map(([name, value]) => `${name}: ${numeral(value)}`);
  return `{ ${outer.join(', ')}, coefficients: { ${inner.join(', ')} } }`;
}

/** Small numbers, and those that a linter would take for a mistyped constant (0.434 for log10 e), with an exponent. */
function numeral(value: number): string {
  const text = String(value);
  const looksLikeConstant =
    text.length > 3 && CONSTANTS.some((constant) => String(constant).startsWith(text.slice(0, -1)));
  return value < 1e-3 || looksLikeConstant ? value.toExponential() : text;
}

const CONSTANTS = [Math.E, Math.LN10, Math.LN2, Math.LOG10E, Math.LOG2E, Math.PI, Math.SQRT1_2, Math.SQRT2];

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
