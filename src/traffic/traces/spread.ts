import type { Random } from '../../engine/random.js';
import type { PrefixBlocks, SkippedLines, TraceReader } from './trace-reader.js';

/**
 * A trace whose clock ticks in coarse steps (3 s in Mooncake's), with the requests of one tick spread over the time to the
 * next: at random (independent and uniform, then sorted: as good as a Poisson process inside a tick) or evenly. Played as
 * recorded, such a trace would bring a burst at every tick that nobody ever saw.
 *
 * Only the requests of one tick are held.
 *
 * @example
 * const trace = new SpreadReader(openTrace('mooncake', chunks, file), 3, 'random', randomStream(42, 0, 'spread/chat'));
 */
export class SpreadReader implements TraceReader {
  seconds = 0;
  inputTokens = 0;
  outputTokens = 0;
  readonly prefix: PrefixBlocks | undefined;
  readonly skipped: SkippedLines;
  private times = new Float64Array(64);
  private inputs = new Int32Array(64);
  private outputs = new Int32Array(64);
  /** Where the blocks of each row begin in `blocks`. */
  private blockStarts = new Int32Array(65);
  private blocks = new Int32Array(1024);
  private rows = 0;
  private given = 0;
  /** Whether the reader underneath stands on a row that belongs to the next tick. */
  private ahead: boolean | undefined;

  /**
   * @param tickSeconds from tick to tick, above 0
   * @param random needed for `random` only
   */
  constructor(
    private readonly reader: TraceReader,
    private readonly tickSeconds: number,
    private readonly mode: 'random' | 'even',
    private readonly random: Random,
  ) {
    this.skipped = reader.skipped;
    this.prefix = reader.prefix && { ...reader.prefix, ids: new Int32Array(64), count: 0 };
  }

  next(): boolean {
    if (this.given === this.rows && !this.readTick()) return false;
    const row = this.given++;
    this.seconds = this.times[row];
    this.inputTokens = this.inputs[row];
    this.outputTokens = this.outputs[row];
    if (this.prefix !== undefined) this.givePrefix(row, this.prefix);
    return true;
  }

  private readTick(): boolean {
    const { reader } = this;
    this.ahead ??= reader.next();
    if (!this.ahead) return false;
    const tick = reader.seconds;
    this.rows = 0;
    this.given = 0;
    do {
      this.hold();
      this.ahead = reader.next();
      // Clocks that tick are off by milliseconds at times.
    } while (this.ahead && reader.seconds - tick < 0.5 * this.tickSeconds);
    const { times, rows } = this;
    const width = this.ahead ? Math.min(this.tickSeconds, reader.seconds - tick) : this.tickSeconds;
    for (let i = 0; i < rows; i++) {
      times[i] = tick + width * (this.mode === 'random' ? this.random() : (i + 0.5) / rows);
    }
    if (this.mode === 'random') times.subarray(0, rows).sort();
    return true;
  }

  private hold(): void {
    const { reader } = this;
    const row = this.rows++;
    if (row === this.inputs.length) this.grow();
    this.inputs[row] = reader.inputTokens;
    this.outputs[row] = reader.outputTokens;
    if (reader.prefix === undefined) return;
    const { ids, count } = reader.prefix;
    const start = this.blockStarts[row];
    if (start + count > this.blocks.length) {
      const longer = new Int32Array(2 * (start + count));
      longer.set(this.blocks);
      this.blocks = longer;
    }
    for (let i = 0; i < count; i++) this.blocks[start + i] = ids[i];
    this.blockStarts[row + 1] = start + count;
  }

  private givePrefix(row: number, prefix: PrefixBlocks): void {
    const start = this.blockStarts[row];
    prefix.count = this.blockStarts[row + 1] - start;
    if (prefix.count > prefix.ids.length) prefix.ids = new Int32Array(2 * prefix.count);
    for (let i = 0; i < prefix.count; i++) prefix.ids[i] = this.blocks[start + i];
  }

  private grow(): void {
    const size = 2 * this.inputs.length;
    this.times = new Float64Array(size);
    const longer = (old: Int32Array, length: number): Int32Array<ArrayBuffer> => {
      const array = new Int32Array(length);
      array.set(old);
      return array;
    };
    this.inputs = longer(this.inputs, size);
    this.outputs = longer(this.outputs, size);
    this.blockStarts = longer(this.blockStarts, size + 1);
  }
}
