import { IndexedHeap } from '../../engine/indexed-heap.js';
import type { PrefixBlocks, SkippedLines, TraceReader } from './trace-reader.js';

/**
 * Copies of a trace on top of each other: copy i of k starts i/k of the way into it and goes on from its beginning where it
 * ends. So each copy has every burst once and none of them falls together with its twin: many times the users of a service,
 * where each group has its own bursts. Playing the trace k times faster would instead make one group k times as bursty.
 *
 * Copies share no prefixes: their block numbers are kept apart.
 *
 * @example
 * const fourfold = new SuperposedReader(() => openTrace('azure', openFile(file), file), 4, spanSeconds);
 */
export class SuperposedReader implements TraceReader {
  seconds = 0;
  inputTokens = 0;
  outputTokens = 0;
  readonly prefix: PrefixBlocks | undefined;
  readonly skipped: SkippedLines;
  private readonly parts: ShiftedCopy[];
  private readonly heap: IndexedHeap;
  /** Copy whose row was given last and has to move on; -1 at the start. */
  private current = -1;

  /**
   * @param open opens the trace from its start; called up to twice a copy
   * @param copies at least 1
   * @param periodSeconds after which the trace begins again, at least its span
   */
  constructor(open: () => TraceReader, copies: number, periodSeconds: number) {
    this.parts = Array.from(
      { length: copies },
      (_, i) => new ShiftedCopy(open, (i * periodSeconds) / copies, periodSeconds),
    );
    this.heap = new IndexedHeap(copies);
    const [first] = this.parts;
    this.skipped = first.skipped;
    this.prefix = first.prefix && { ...first.prefix, ids: new Int32Array(64), count: 0 };
  }

  next(): boolean {
    if (this.current < 0) for (let i = 0; i < this.parts.length; i++) this.advance(i);
    else this.advance(this.current);
    this.current = this.heap.pop();
    if (this.current < 0) return false;
    const part = this.parts[this.current];
    this.seconds = part.seconds;
    this.inputTokens = part.inputTokens;
    this.outputTokens = part.outputTokens;
    if (this.prefix !== undefined && part.prefix !== undefined) this.takePrefix(part.prefix, this.prefix);
    return true;
  }

  private advance(i: number): void {
    if (this.parts[i].next()) this.heap.set(i, this.parts[i].seconds, i);
  }

  private takePrefix(from: PrefixBlocks, to: PrefixBlocks): void {
    const copies = this.parts.length;
    if (from.count > to.ids.length) to.ids = new Int32Array(from.ids.length);
    for (let i = 0; i < from.count; i++) to.ids[i] = (from.ids[i] * copies + this.current) % 0x7fffffff;
    to.count = from.count;
  }
}

/** One pass over a trace that starts in its middle and ends where it started. */
class ShiftedCopy {
  seconds = 0;
  inputTokens = 0;
  outputTokens = 0;
  private reader: TraceReader;
  private wrapped = false;

  constructor(
    private readonly open: () => TraceReader,
    private readonly shiftSeconds: number,
    private readonly periodSeconds: number,
  ) {
    this.reader = open();
  }

  get prefix(): PrefixBlocks | undefined {
    return this.reader.prefix;
  }

  get skipped(): SkippedLines {
    return this.reader.skipped;
  }

  next(): boolean {
    for (;;) {
      if (!this.reader.next()) {
        if (this.wrapped || this.shiftSeconds === 0) return false;
        this.wrapped = true;
        this.reader = this.open();
        continue;
      }
      const { seconds } = this.reader;
      if (seconds < this.shiftSeconds !== this.wrapped) {
        if (this.wrapped) return false;
        continue;
      }
      this.seconds = seconds - this.shiftSeconds + (this.wrapped ? this.periodSeconds : 0);
      this.inputTokens = this.reader.inputTokens;
      this.outputTokens = this.reader.outputTokens;
      return true;
    }
  }
}
