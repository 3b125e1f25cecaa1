import type { ResultDocument } from '../experiment/result.js';
import { number } from './format.js';

const CALIBRATION_MEANS = {
  measured: 'fitted to measurements of this GPU and stack',
  transferred: 'carried over from measurements of other GPUs, stacks or models',
  datasheet: 'from datasheets and typical efficiencies, nothing measured',
  given: 'step times as the scenario gives them',
} as const;

/** What to expect of the prediction, from runs that the calibration had not seen. */
function errorBand(uncertainty: ResultDocument['uncertainty']): string {
  if (uncertainty === null) return '';
  const { tpot, ttft } = uncertainty;
  return `; on unseen runs TPOT was off by ${number(tpot.mape)} % on average, TTFT by ${number(ttft.mape)} %`;
}

/**
 * What step times rest on, and what to expect of them.
 *
 * @example evidenceText('measured', null) // 'measured: fitted to measurements of this GPU and stack'
 */
export function evidenceText(
  calibration: ResultDocument['provenance']['calibration'],
  uncertainty: ResultDocument['uncertainty'],
): string {
  return `${calibration}: ${CALIBRATION_MEANS[calibration]}${errorBand(uncertainty)}`;
}
