import type { Random } from '../engine/random.js';
import type { PrefixBlocks } from './traces/trace-reader.js';

/** Tokens per block of short prefixes: the usual size of a KV block. */
const LEAST_TOKENS_PER_BLOCK = 16;

/** Longer ones have blocks of 32, 64 ... tokens, so that they have no more than this many: a look at each takes time. */
const MOST_BLOCKS = 32;

/**
 * Prompts that begin with one of a few texts, such as the system prompts of the applications behind a service: each request
 * belongs to one of `groups`, drawn evenly, and shares its first `tokens` tokens with the others of its group.
 *
 * @example
 * const shared = new SharedPrefix(10, 2000, randomStream(42, 0, 'prefix/chat'));
 * shared.draw(2500); // shared.prefix.count is 31: blocks of 64 tokens
 */
export class SharedPrefix {
  readonly prefix: PrefixBlocks;
  private readonly blocks: number;

  constructor(
    private readonly groups: number,
    tokens: number,
    private readonly random: Random,
  ) {
    let tokensPerBlock = LEAST_TOKENS_PER_BLOCK;
    while (tokens > MOST_BLOCKS * tokensPerBlock) tokensPerBlock *= 2;
    this.blocks = Math.floor(tokens / tokensPerBlock);
    this.prefix = { ids: new Int32Array(this.blocks), count: 0, tokensPerBlock };
  }

  /** Draws the prefix of a prompt of `inputTokens` tokens into `prefix`. */
  draw(inputTokens: number): void {
    const { prefix, blocks } = this;
    const first = Math.floor(this.random() * this.groups) * blocks;
    prefix.count = Math.min(blocks, Math.floor(inputTokens / prefix.tokensPerBlock));
    for (let i = 0; i < prefix.count; i++) prefix.ids[i] = first + i;
  }
}
