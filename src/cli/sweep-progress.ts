import { count, number, span } from '../report/format.js';
import type { Output } from './io.js';

const EVERY_MS = 100;
const CELLS = 30;
/** Back to the first column, and away with what is on the line. */
const ERASE = '\r\u001b[2K';

/** How far many runs have come. */
export interface ManyRuns {
  done: number;
  total: number;
  /** Of those done, how many were there when this process began. */
  before: number;
  failed: number;
  /** Since this process began. */
  seconds: number;
}

/** A bar on stderr with rate and time left; there only where somebody watches. */
export class ManyRunsBar {
  private readonly started = performance.now();
  private nextMs = this.started;
  private done: number;
  private failed = 0;

  constructor(
    private readonly output: Output | undefined,
    private readonly total: number,
    private readonly before = 0,
  ) {
    this.done = before;
  }

  add(failed: boolean): void {
    this.done++;
    if (failed) this.failed++;
    const now = performance.now();
    if (this.output === undefined || now < this.nextMs) return;
    this.nextMs = now + EVERY_MS;
    const { done, total, before, failed: failures } = this;
    const text = manyRunsText({ done, total, before, failed: failures, seconds: (now - this.started) / 1000 });
    this.output.write(ERASE + text, () => {});
  }

  erase(): void {
    this.output?.write(ERASE, () => {});
  }
}

/** Such as `[#######             ]  345 of 1,000, 78.1/s, 8.4 s left, 2 failed`. */
export function manyRunsText({ done, total, before, failed, seconds }: ManyRuns): string {
  const bar = '#'.repeat(Math.floor((done / Math.max(total, 1)) * CELLS)).padEnd(CELLS);
  const rate = seconds > 0 ? (done - before) / seconds : 0;
  const left = rate > 0 ? `, ${number(rate)}/s, ${span((total - done) / rate)} left` : '';
  return `[${bar}] ${count(done)} of ${count(total)}${left}${failed > 0 ? `, ${count(failed)} failed` : ''}`;
}
