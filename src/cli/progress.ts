import type { Progress } from '../experiment/simulate.js';
import { count, percent, span } from '../report/format.js';
import type { Output } from './io.js';

/** Runs shorter than this show no bar. */
const FIRST_AFTER_MS = 300;
const EVERY_MS = 100;
const CELLS = 30;
/** Back to the first column, and away with what is on the line. */
const ERASE = '\r\u001b[2K';

/** A bar on stderr while a run takes its time; gone at its end, and never there when nobody watches. */
export class ProgressBar {
  private nextMs = performance.now() + FIRST_AFTER_MS;
  private drawn = false;

  constructor(private readonly output: Output) {}

  readonly update = (progress: Progress): void => {
    const now = performance.now();
    if (now < this.nextMs) return;
    this.nextMs = now + EVERY_MS;
    this.drawn = true;
    this.output.write(ERASE + barText(progress), () => {});
  };

  erase(): void {
    if (this.drawn) this.output.write(ERASE, () => {});
    this.drawn = false;
  }
}

/** Such as `[#######             ]  35 %  12,345 requests`. */
export function barText({ fraction, arrivedRequests, nowSeconds }: Progress): string {
  const requests = `${count(arrivedRequests)} requests`;
  if (fraction === undefined) return `${span(nowSeconds)} simulated, ${requests}`;
  const share = Math.min(1, Math.max(0, fraction));
  const bar = '#'.repeat(Math.round(share * CELLS)).padEnd(CELLS);
  return `[${bar}] ${percent(Math.floor(share * 100) / 100)}, ${requests}`;
}
