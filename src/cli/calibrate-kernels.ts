import { stat, writeFile } from 'node:fs/promises';
import Table from 'cli-table3';
import { kernelCurveSource } from '../catalog/kernel-curves/index.js';
import {
  calibrateKernels,
  curvesToJson,
  errorsByOperation,
  type KernelCalibration,
  writeCatalogFiles,
} from '../experiment/kernels/index.js';
import { InputError } from '../scenario/input-error.js';
import { EXIT } from './command.js';
import { type Io, print } from './io.js';

export interface CalibrateKernelsOptions {
  /** Tables as `<gpu>/<stack>/<table>.parquet`, or AIConfigurator's tree. */
  readonly folder: string;
  /** A `.json` file for the curves, or a folder that gets the catalog's source files; by default nothing is written. */
  readonly out?: string;
  readonly format: 'table' | 'json';
}

/** `goodput calibrate --kernels DIR`: fits kernel curves, prints their errors on shapes kept out, writes them. */
export async function calibrateKernelsFrom(options: CalibrateKernelsOptions, io: Io): Promise<number> {
  const { folder, out, format } = options;
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new InputError({ message: 'no such folder of kernel tables', found: JSON.stringify(folder) });
  const calibration = await calibrateKernels(folder, {
    onTable: (table, index, of) => {
      if (io.stderr.isTTY) io.stderr.write(`\r\u001b[K${index + 1}/${of} ${table}`, () => {});
    },
  });
  if (io.stderr.isTTY) io.stderr.write('\r\u001b[K', () => {});
  if (calibration.curves.length === 0) {
    throw new InputError({
      message: 'no kernel table that curves can be fitted to',
      found: JSON.stringify(folder),
      allowed: '<gpu>/<stack>/<table>.parquet or <system>/<stack>/<version>/<table>_perf.parquet',
    });
  }
  const json = curvesToJson(calibration, kernelCurveSource.source);
  if (out?.endsWith('.json')) await writeFile(out, json);
  else if (out !== undefined) await writeCatalogFiles(calibration, out);
  await print(io.stdout, format === 'json' ? json : errorTables(calibration));
  return EXIT.fine;
}

function errorTables({ curves, notes }: KernelCalibration): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const summary = new Table({ head: ['operation', 'curves', 'shapes', 'mean', 'median', 'worst curve'] });
  for (const { operation, curves: count, shapes, meanError, medianError, worst } of errorsByOperation(curves)) {
    const place = `${worst.type} ${worst.gpu} ${worst.stack} ${percent(worst.meanError)}`;
    summary.push([operation, count, shapes, percent(meanError), percent(medianError), place]);
  }
  const all = new Table({ head: ['operation', 'type', 'gpu', 'stack', 'version', 'shapes', 'mean', 'median'] });
  for (const c of curves) {
    const errors = [percent(c.meanError), percent(c.medianError)];
    all.push([c.operation, c.type, c.gpu, c.stack, c.stackVersion, c.shapes, ...errors]);
  }
  const left = notes.map(({ where, reason }) => `  ${where}: ${reason}`).join('\n');
  return `Relative error on shapes kept out of the fit\n${summary}\n${all}\nLeft out\n${left}\n`;
}
