import { attendedPairs, boundedPairs, type StepModel } from '../perf/step-model.js';
import type { RequestStore } from './request-store.js';

/** The prompts that a step computes, and how much of each. Between steps at most one is left, with part of it done. */
export class PrefillStep {
  /** Prompt tokens of these requests: they hold KV blocks as a whole, whatever is computed. */
  heldTokens = 0;
  private rows = new Int32Array(16);
  private chunks = new Int32Array(16);
  private count = 0;

  constructor(private readonly store: RequestStore) {}

  /** Goes on with the prompt that is left over, within `budget` tokens; returns how many it takes. */
  resume(budget: number): number {
    if (this.count === 0) return 0;
    const row = this.rows[0];
    const chunk = Math.min(budget, this.store.prefillTokens[row] - this.store.prefillDone[row]);
    this.chunks[0] = chunk;
    return chunk;
  }

  /** Adds `chunk` tokens of the prompt of `row`. */
  add(row: number, chunk: number): void {
    if (this.count === this.rows.length) {
      const rows = new Int32Array(this.count * 2);
      rows.set(this.rows);
      this.rows = rows;
      const chunks = new Int32Array(this.count * 2);
      chunks.set(this.chunks);
      this.chunks = chunks;
    }
    this.rows[this.count] = row;
    this.chunks[this.count++] = chunk;
    this.heldTokens += this.store.prefillTokens[row];
  }

  /** Seconds of the step, which computes `tokens` prompt tokens beside `decoding` sequences with `contextTokens`. */
  seconds(steps: StepModel, decoding: number, contextTokens: number, tokens: number): number {
    const { prefillDone, prefillTokens } = this.store;
    const bound = steps.tables.pairBound;
    let pairs = 0;
    let bounded = 0;
    let finished = 0;
    for (let i = 0; i < this.count; i++) {
      const row = this.rows[i];
      const done = prefillDone[row];
      const chunk = this.chunks[i];
      pairs += attendedPairs(done, chunk);
      bounded += bound === Number.POSITIVE_INFINITY ? 0 : boundedPairs(done, chunk, bound);
      if (done + chunk === prefillTokens[row]) finished++;
    }
    return steps.stepSeconds(decoding, contextTokens, tokens, pairs, bounded, finished, this.count);
  }

  /** The step has ended: takes the next prompt that is complete now off the list; -1 when there is none left. */
  takeFinished(): number {
    const { prefillDone, prefillTokens } = this.store;
    for (let i = this.next; i < this.count; i++) {
      const row = this.rows[i];
      prefillDone[row] += this.chunks[i];
      if (prefillDone[row] === prefillTokens[row]) {
        this.next = i + 1;
        this.heldTokens -= prefillTokens[row];
        return row;
      }
      this.rows[this.unfinished++] = row;
    }
    this.count = this.unfinished;
    this.next = 0;
    this.unfinished = 0;
    return -1;
  }

  /** The prompt that is left over between steps, with part of it done; -1 where there is none. */
  get unfinishedRow(): number {
    return this.count === 0 ? -1 : this.rows[0];
  }

  /** Forgets the prompt of `row`. */
  remove(row: number): void {
    const at = this.rows.subarray(0, this.count).indexOf(row);
    this.rows.copyWithin(at, at + 1, this.count);
    this.chunks.copyWithin(at, at + 1, this.count);
    this.count--;
    this.heldTokens -= this.store.prefillTokens[row];
  }

  /** Where {@link takeFinished} goes on, and how many it has kept so far. */
  private next = 0;
  private unfinished = 0;
}
