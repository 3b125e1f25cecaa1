import { IndexedHeap } from '../../engine/indexed-heap.js';
import { InputError } from '../../scenario/input-error.js';
import type { SkippedLines, TraceReader } from './trace-reader.js';

/** Rows that are held back; a row may stand this far from its place. */
const HELD_ROWS = 65_536;

/**
 * Rows that are almost in order, put in order: as many as fit are held back and the earliest one is passed on. Only for
 * formats that are written out of order by design.
 *
 * @example
 * const trace = new SortedReader(new AiperfTraceReader(openFile(file), file), file);
 */
export class SortedReader implements TraceReader {
  seconds = 0;
  inputTokens = 0;
  outputTokens = 0;
  readonly prefix = undefined;
  readonly skipped: SkippedLines;
  private readonly heap = new IndexedHeap();
  private readonly times = new Float64Array(HELD_ROWS);
  private readonly inputs = new Int32Array(HELD_ROWS);
  private readonly outputs = new Int32Array(HELD_ROWS);
  private filled = 0;
  private line = 0;
  private ended = false;
  private startSeconds = Number.NaN;

  constructor(
    private readonly rows: TraceReader,
    private readonly file: string,
  ) {
    this.skipped = rows.skipped;
  }

  next(): boolean {
    while (!this.ended && this.filled < HELD_ROWS) this.fill(this.filled);
    if (this.heap.size === 0) return false;
    const slot = this.heap.pop();
    const time = this.times[slot];
    if (Number.isNaN(this.startSeconds)) this.startSeconds = time;
    if (time - this.startSeconds < this.seconds) {
      throw new InputError({
        message: `a request stands more than ${HELD_ROWS} lines behind its place in time`,
        file: this.file,
        hint: 'sort the file',
      });
    }
    this.seconds = time - this.startSeconds;
    this.inputTokens = this.inputs[slot];
    this.outputTokens = this.outputs[slot];
    if (!this.ended) this.fill(slot);
    return true;
  }

  private fill(slot: number): void {
    if (!this.rows.next()) {
      this.ended = true;
      return;
    }
    this.times[slot] = this.rows.seconds;
    this.inputs[slot] = this.rows.inputTokens;
    this.outputs[slot] = this.rows.outputTokens;
    // Requests of one instant stay in the order of the file.
    this.heap.set(slot, this.rows.seconds, this.line++);
    if (slot === this.filled) this.filled += 1;
  }
}
