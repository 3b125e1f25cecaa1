/** Numbers for blocks of tokens: a new one whenever new text is written. */
export class BlockNumbers {
  private last = -1;

  next(): number {
    // After two billion blocks they come again; what had them is long gone from every cache.
    this.last = (this.last + 1) & 0x7fffffff;
    return this.last;
  }
}

/** The whole blocks of a text that grows at its end, as a prefix cache tells them apart. */
export class BlockIds {
  ids: Int32Array;
  count: number;

  /** @param shared blocks that it begins with; copied */
  constructor(
    private readonly numbers: BlockNumbers,
    readonly tokensPerBlock: number,
    shared?: Int32Array,
  ) {
    this.count = shared?.length ?? 0;
    this.ids = new Int32Array(Math.max(16, 2 * this.count));
    if (shared !== undefined) this.ids.set(shared);
  }

  /** The blocks up to the last whole one of the first `tokens` tokens. */
  upTo(tokens: number): Int32Array {
    return this.ids.subarray(0, Math.min(this.count, Math.floor(tokens / this.tokensPerBlock)));
  }

  /** The text is now `tokens` long. */
  growTo(tokens: number): void {
    const count = Math.floor(tokens / this.tokensPerBlock);
    if (count > this.ids.length) {
      const longer = new Int32Array(Math.max(count, 2 * this.ids.length));
      longer.set(this.ids.subarray(0, this.count));
      this.ids = longer;
    }
    for (let i = this.count; i < count; i++) this.ids[i] = this.numbers.next();
    this.count = Math.max(this.count, count);
  }

  /** All behind the first `tokens` tokens is something else from now on. */
  forgetAfter(tokens: number): void {
    this.count = Math.min(this.count, Math.floor(tokens / this.tokensPerBlock));
  }
}
