import type { Curve, CurvePoint } from '../../experiment/compare/curve.js';
import { csvCell } from '../csv-cell.js';

const COLUMNS: readonly (keyof CurvePoint)[] = [
  'config',
  'users',
  'tokensPerSecondPerUser',
  'ttftMsMean',
  'ttftMsP99',
  'totalTokensPerSecondPerGpu',
  'outputTokensPerSecondPerGpu',
  'usdPerMillionTotalTokens',
  'usdPerMillionOutputTokens',
  'totalTokensPerSecondPerMegawatt',
  'outputTokensPerSecondPerMegawatt',
  'efficient',
];

/** All points of all fleets, a row each. */
export function curveCsv({ fleets }: Curve): string {
  const rows = fleets.flatMap(({ name, points }) => points.map((point) => [name, ...COLUMNS.map((key) => point[key])]));
  return [['fleet', ...COLUMNS], ...rows].map((row) => `${row.map(csvCell).join(',')}\n`).join('');
}
