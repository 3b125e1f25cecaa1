import type { CapacityPoint } from '../experiment/plan/document.js';
import type { PlanProgress } from '../experiment/plan/plan.js';
import { count, dollars, number } from '../report/format.js';
import type { Output } from './io.js';

/** Back to the first column, and away with what is on the line. */
const ERASE = '\r\u001b[2K';

/** How far a plan has come, on stderr where somebody watches; how many simulations it takes is not known in advance. */
export class PlanBar {
  private simulations = 0;

  constructor(private readonly output: Output | undefined) {}

  readonly plan = (progress: PlanProgress): void => {
    this.write(planText(progress));
  };

  readonly capacity = ({ factor, requestsPerSecond, holds }: CapacityPoint): void => {
    const demand =
      requestsPerSecond === null ? `${number(factor)} x demand` : `${number(requestsPerSecond)} requests/s`;
    this.write(`${count(++this.simulations)} simulated; ${demand} ${holds ? 'holds' : 'fails'}`);
  };

  erase(): void {
    this.output?.write(ERASE, () => {});
  }

  private write(text: string): void {
    this.output?.write(ERASE + text, () => {});
  }
}

/** Such as `search: 12 simulated, best $5.20/h, 37 fleets undecided`. */
export function planText({ phase, simulations, undecided, bestUsdPerHour }: PlanProgress): string {
  const best = bestUsdPerHour === null ? '' : `, best ${dollars(bestUsdPerHour)}/h`;
  const open = undecided === 0 ? '' : `, ${count(undecided)} fleets undecided`;
  return `${phase}: ${count(simulations)} simulated${best}${open}`;
}
