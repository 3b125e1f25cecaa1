import type { PrefixBlocks } from '../traffic/traces/trace-reader.js';
import type { RequestStore } from './request-store.js';

/**
 * What prompts have in common, for the requests in the factory: each has a *chain* of numbers, one per unit of tokens, equal
 * for equal units behind equal beginnings. Chains live in one pool of typed arrays, in places of a power of two, which are
 * used again.
 */
export class PrefixChains {
  /** Numbers of the units; those of a request begin at `store.chainStart`. */
  ids = new Int32Array(1024);
  /** At the same places: where the unit is in the cache of the instance that the request is at ... */
  slots = new Int32Array(1024);
  /** ... and in that of the prefill instance which it comes from. */
  sourceSlots = new Int32Array(1024);
  private used = 0;
  /** Places that were given back, by the logarithm of their length. */
  private readonly free: number[][] = Array.from({ length: 32 }, () => []);

  /**
   * @param unitTokens tokens per unit, by class
   */
  constructor(
    private readonly store: RequestStore,
    readonly unitTokens: Float64Array,
  ) {}

  /** Takes over what the prompt of `row` begins with. */
  add(row: number, { ids, count, tokensPerBlock }: PrefixBlocks): void {
    const { store } = this;
    const classIndex = store.classIndex[row];
    const unit = this.unitTokens[classIndex];
    const prompt = store.inputTokens[row];
    // Blocks beyond the prompt are those of the answer, known where a later prompt will contain it.
    const tokens = count === Math.ceil(prompt / tokensPerBlock) ? prompt : count * tokensPerBlock;
    const units = Math.ceil(tokens / unit);
    store.chainTokens[row] = tokens;
    store.chainUnits[row] = units;
    if (units === 0) return;
    const start = this.take(units);
    store.chainStart[row] = start;
    const blocksPerUnit = unit / tokensPerBlock;
    for (let i = 0; i < units; i++) {
      // The last block of a unit stands for all before it.
      const id = ids[Math.min((i + 1) * blocksPerUnit, count) - 1];
      this.ids[start + i] = classIndex === 0 ? id : ofClass(id, classIndex);
    }
  }

  /** Tokens from the start of the prompt of `row` to the end of its `i`-th unit. */
  end(row: number, i: number): number {
    const { store } = this;
    return Math.min((i + 1) * this.unitTokens[store.classIndex[row]], store.chainTokens[row]);
  }

  /** `row` is given back. */
  release(row: number): void {
    const { store } = this;
    const units = store.chainUnits[row];
    if (units > 0) this.free[placeOf(units)].push(store.chainStart[row]);
    store.chainUnits[row] = 0;
  }

  private take(units: number): number {
    const place = placeOf(units);
    const free = this.free[place];
    if (free.length > 0) return free.pop() as number;
    const start = this.used;
    this.used += 1 << place;
    if (this.used > this.ids.length) {
      const length = Math.max(this.used, 2 * this.ids.length);
      this.ids = longer(this.ids, length);
      this.slots = longer(this.slots, length);
      this.sourceSlots = longer(this.sourceSlots, length);
    }
    return start;
  }
}

function placeOf(units: number): number {
  return 32 - Math.clz32(units - 1);
}

function longer(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length);
  copy.set(array);
  return copy;
}

/** Classes number their blocks independently: the first as they are, the others shuffled, so that they hardly ever meet. */
function ofClass(id: number, classIndex: number): number {
  const h = Math.imul(id ^ Math.imul(classIndex, 0x9e3779b1), 0x85ebca6b);
  return (h ^ (h >>> 15)) & 0x7fffffff;
}

/**
 * Tokens per unit of each class: the smallest number that is a whole number of blocks of the traffic and of KV blocks of
 * every pool.
 *
 * @param trafficBlocks tokens per block of each class; undefined where nothing is known of its prompts
 * @param kvBlocks tokens per KV block of the pools that cache prefixes
 */
export function unitTokens(trafficBlocks: readonly (number | undefined)[], kvBlocks: readonly number[]): Float64Array {
  const common = kvBlocks.reduce(leastCommonMultiple, 1);
  return Float64Array.from(trafficBlocks, (tokens) => leastCommonMultiple(tokens ?? 1, common));
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
