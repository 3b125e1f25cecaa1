/**
 * How often each length occurs: exact quantiles and ranks in memory that grows with the different lengths, not with the
 * requests.
 *
 * @example
 * const counts = new LengthCounts();
 * for (const tokens of lengths) counts.add(tokens);
 * counts.quantile(0.9); // tokens
 */
export class LengthCounts {
  total = 0;
  private sum = 0;
  private readonly counts = new Map<number, number>();
  private sorted: { lengths: Float64Array; upTo: Float64Array } | undefined;

  add(tokens: number): void {
    this.total += 1;
    this.sum += tokens;
    this.counts.set(tokens, (this.counts.get(tokens) ?? 0) + 1);
    this.sorted = undefined;
  }

  get mean(): number {
    return this.sum / this.total;
  }

  /** Sample standard deviation over mean. */
  get cv(): number {
    const { mean, total } = this;
    if (total < 2) return 0;
    let squares = 0;
    for (const [tokens, count] of this.counts) squares += count * (tokens - mean) ** 2;
    return Math.sqrt(squares / (total - 1)) / mean;
  }

  /** Quantile with straight lines between order statistics (type 7, as NumPy and R do it unasked). */
  quantile(share: number): number {
    const position = share * (this.total - 1);
    const low = this.at(Math.floor(position));
    return low + (position - Math.floor(position)) * (this.at(Math.ceil(position)) - low);
  }

  /** Mean rank of a length among all, counted from 1: ties share theirs. */
  rank(tokens: number): number {
    const { lengths, upTo } = this.order();
    const i = firstAtLeast(lengths, tokens);
    const below = i > 0 ? upTo[i - 1] : 0;
    return below + (upTo[i] - below + 1) / 2;
  }

  /** Sum of the squared distances of all ranks from their mean. */
  get rankSquares(): number {
    const { upTo } = this.order();
    const middle = (this.total + 1) / 2;
    let squares = 0;
    let below = 0;
    for (const end of upTo) {
      squares += (end - below) * (below + (end - below + 1) / 2 - middle) ** 2;
      below = end;
    }
    return squares;
  }

  /** The length at a place in order, counted from 0. */
  private at(place: number): number {
    const { lengths, upTo } = this.order();
    return lengths[firstAtLeast(upTo, place + 1)];
  }

  private order(): { lengths: Float64Array; upTo: Float64Array } {
    if (this.sorted !== undefined) return this.sorted;
    const lengths = Float64Array.from(this.counts.keys()).sort();
    const upTo = new Float64Array(lengths.length);
    let sum = 0;
    lengths.forEach((tokens, i) => {
      sum += this.counts.get(tokens) ?? 0;
      upTo[i] = sum;
    });
    this.sorted = { lengths, upTo };
    return this.sorted;
  }
}

/** Index of the first entry of a rising array that is at least a value. */
function firstAtLeast(rising: Float64Array, value: number): number {
  let low = 0;
  let high = rising.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle] >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
