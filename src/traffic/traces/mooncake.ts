import { shorten } from '../csv-column.js';
import { isMapping, parseJson } from './json-line.js';
import { RowReader } from './row-reader.js';
import type { PrefixBlocks } from './trace-reader.js';

/** Tokens per block hash in the published files. */
const TOKENS_PER_BLOCK = 512;

/**
 * Mooncake traces: one JSON object a line with `timestamp` (milliseconds), `input_length`, `output_length` and, where
 * prompts share prefixes, `hash_ids`: one number per block of 512 tokens of the prompt. Also what AIPerf replays as
 * `mooncake_trace`, and what goodput writes.
 *
 * Source: R. Qin et al., "Mooncake: Trading More Storage for Less Computation", FAST 2025, https://github.com/kvcache-ai/Mooncake.
 *
 * @example
 * const trace = new MooncakeTraceReader(openFile('conversation.jsonl'), 'conversation.jsonl');
 * while (trace.next()) console.log(trace.seconds, trace.inputTokens, trace.prefix.count);
 */
export class MooncakeTraceReader extends RowReader {
  override readonly prefix: PrefixBlocks = { ids: new Int32Array(64), count: 0, tokensPerBlock: TOKENS_PER_BLOCK };
  private startMs = 0;

  /** Whether a file begins like one of these. */
  static recognises(firstLine: string): boolean {
    const row = parseJson(firstLine);
    return isMapping(row) && 'timestamp' in row && 'input_length' in row;
  }

  protected override readRow(line: string): boolean {
    const row = parseJson(line);
    if (!isMapping(row)) this.fail('not a JSON object', shorten(line), '{"timestamp": 0, "input_length": 512, ...}');
    const { timestamp, input_length: input, output_length: output, hash_ids: blocks } = row;
    if (typeof timestamp !== 'number' || !(timestamp >= 0)) {
      this.fail('timestamp is no time', shorten(String(timestamp)), 'milliseconds, at least 0');
    }
    if (this.rows === 0) this.startMs = timestamp;
    this.seconds = (timestamp - this.startMs) / 1000;
    this.inputTokens = this.tokens('input_length', input, String(input));
    this.outputTokens = this.tokens('output_length', output, String(output));
    this.readBlocks(blocks);
    return true;
  }

  protected override timeText(line: string): string {
    const row = parseJson(line);
    return isMapping(row) ? String(row.timestamp) : line;
  }

  private readBlocks(blocks: unknown): void {
    const { prefix } = this;
    prefix.count = 0;
    if (blocks === undefined || blocks === null) return;
    if (!Array.isArray(blocks)) this.fail('hash_ids is no list', shorten(String(blocks)), 'a list of whole numbers');
    if (blocks.length > prefix.ids.length) prefix.ids = new Int32Array(2 * blocks.length);
    for (let i = 0; i < blocks.length; i++) {
      const id: unknown = blocks[i];
      if (typeof id !== 'number' || !(id >= 0)) {
        this.fail('hash_ids holds no block', shorten(String(id)), 'whole numbers, at least 0');
      }
      prefix.ids[i] = id <= 0x7fffffff ? id : folded(id);
    }
    prefix.count = blocks.length;
  }
}

/** A hash of more than 31 bits as one of 31: with a million blocks, one in two thousand meets another one. */
function folded(id: number): number {
  const high = Math.floor(id / 2 ** 32);
  return (Math.imul(high ^ 0x9e3779b9, 0x85ebca6b) ^ (id >>> 0)) & 0x7fffffff;
}
