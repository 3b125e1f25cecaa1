import { shorten } from '../csv-column.js';
import { isMapping, parseJson } from './json-line.js';
import { RowReader, type RowReaderOptions } from './row-reader.js';
import type { PrefixBlocks } from './trace-reader.js';

/** Tokens per block hash in the published files. */
export const MOONCAKE_BLOCK_TOKENS = 512;

/**
 * Mooncake traces: one JSON object a line with `timestamp` (milliseconds), `input_length`, `output_length` and, where
 * prompts share prefixes, `hash_ids`: one number per block of 512 tokens of the prompt. Also what AIPerf replays as
 * `mooncake_trace`, and what goodput writes. Other collections have the same keys with smaller blocks (16 or 64 tokens): their size
 * is to be given, and a prompt with more blocks than it has tokens for is refused.
 *
 * Source: R. Qin et al., "Mooncake: Trading More Storage for Less Computation", FAST 2025, https://github.com/kvcache-ai/Mooncake.
 *
 * @example
 * const trace = new MooncakeTraceReader(openFile('conversation.jsonl'), 'conversation.jsonl');
 * while (trace.next()) console.log(trace.seconds, trace.inputTokens, trace.prefix.count);
 */
export class MooncakeTraceReader extends RowReader {
  override readonly prefix: PrefixBlocks;
  private startMs = 0;

  constructor(
    chunks: Iterable<string>,
    file: string,
    { blockTokens = MOONCAKE_BLOCK_TOKENS, ...options }: RowReaderOptions & { blockTokens?: number | undefined } = {},
  ) {
    super(chunks, file, options);
    this.prefix = { ids: new Int32Array(64), count: 0, tokensPerBlock: blockTokens };
  }

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
    // One block too many is let pass: some count the first token of the answer.
    const most = Math.floor(this.inputTokens / prefix.tokensPerBlock) + 1;
    if (blocks.length > most) {
      const found = `${blocks.length} blocks for ${this.inputTokens} tokens`;
      const hint = 'where the blocks of the file are smaller, give blockTokens (--block-tokens of trace describe)';
      this.fail('more hash_ids than the prompt has blocks', found, `${most} of ${prefix.tokensPerBlock} tokens`, hint);
    }
    if (blocks.length > prefix.ids.length) prefix.ids = new Int32Array(2 * blocks.length);
    for (let i = 0; i < blocks.length; i++) {
      const id: unknown = blocks[i];
      if (typeof id !== 'number' || !(id >= 0) || !Number.isInteger(id)) {
        this.fail('hash_ids holds no block', shorten(String(id)), 'whole numbers, at least 0');
      }
      prefix.ids[i] = id <= 0x7fffffff ? id : folded(id);
    }
    prefix.count = blocks.length;
  }
}

/**
 * A hash of more than 31 bits as one of 31: with a million blocks, one in two thousand meets another one.
 *
 * Source of the mixing: A. Appleby, MurmurHash3 (the finaliser of 32 bits), public domain.
 */
function folded(id: number): number {
  let mixed = (id >>> 0) ^ Math.imul(Math.floor(id / 2 ** 32), 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) & 0x7fffffff;
}
