import type { Random } from '../engine/random.js';
import type { PrefixBlocks } from './traces/trace-reader.js';

/** Tokens per block of drawn prefixes: the usual size of a KV block. */
const TOKENS_PER_BLOCK = 16;

/**
 * Prompts that begin with one of a few texts, such as the system prompts of the applications behind a service: each request
 * belongs to one of `groups`, drawn evenly, and shares its first `tokens` tokens with the others of its group.
 *
 * @example
 * const shared = new SharedPrefix(10, 2000, randomStream(42, 0, 'prefix/chat'));
 * shared.draw(2500); // shared.prefix.count is 125
 */
export class SharedPrefix {
  readonly prefix: PrefixBlocks;
  private readonly blocks: number;

  constructor(
    private readonly groups: number,
    tokens: number,
    private readonly random: Random,
  ) {
    this.blocks = Math.floor(tokens / TOKENS_PER_BLOCK);
    this.prefix = { ids: new Int32Array(this.blocks), count: 0, tokensPerBlock: TOKENS_PER_BLOCK };
  }

  /** Draws the prefix of a prompt of `inputTokens` tokens into `prefix`. */
  draw(inputTokens: number): void {
    const { prefix, blocks } = this;
    const first = Math.floor(this.random() * this.groups) * blocks;
    prefix.count = Math.min(blocks, Math.floor(inputTokens / TOKENS_PER_BLOCK));
    for (let i = 0; i < prefix.count; i++) prefix.ids[i] = first + i;
  }
}
