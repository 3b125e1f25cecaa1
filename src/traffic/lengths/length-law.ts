/** A length distribution before rounding and bounds. */
export interface LengthLaw {
  /** Length, tokens, below which a share `u` of all lengths lies; u in [0, 1), never falling with it. */
  quantile(u: number): number;
}
