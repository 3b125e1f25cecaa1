import { join } from 'node:path';
import type { Comparison } from '../../experiment/compare/compare.js';
import { writeFileAtomic } from '../atomic-file.js';
import { withCurrency } from '../html/currency.js';
import { chartSvg } from '../html/page.js';
import { curveChart } from '../html/pages/curve.js';
import { gridMarkdown } from '../markdown.js';
import { curveCsv } from './curve-csv.js';
import { comparisonGrid } from './grid.js';
import { winnersGrids } from './winners.js';

/**
 * Writes `comparison.json` and `comparison.md`, and where there is a curve `curve.json`, `curve.csv` and `curve.svg`.
 *
 * @throws InputError where they cannot be written
 */
export function writeComparison(folder: string, comparison: Comparison): void {
  const { curve, currency } = comparison;
  const grids = [comparisonGrid(comparison), ...winnersGrids(comparison)];
  writeFileAtomic(join(folder, 'comparison.json'), `${JSON.stringify(comparison, null, 2)}\n`);
  writeFileAtomic(join(folder, 'comparison.md'), `${grids.map(gridMarkdown).join('\n\n')}\n`);
  if (curve === null) return;
  writeFileAtomic(join(folder, 'curve.json'), `${JSON.stringify(curve, null, 2)}\n`);
  writeFileAtomic(join(folder, 'curve.csv'), curveCsv(curve));
  writeFileAtomic(join(folder, 'curve.svg'), withCurrency(chartSvg(curveChart(curve)), currency));
}
