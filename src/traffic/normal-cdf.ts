/**
 * Share of the standard normal distribution below z: the way back from {@link normalQuantile}. Absolute error below 1e-15,
 * relative error (in the lower tail) below 1e-8.
 *
 * Source: J. F. Hart et al., "Computer Approximations", 1968, algorithm 5666, in the form of G. West, "Better approximations
 * to cumulative normal functions", Wilmott Magazine, May 2005, 70-76.
 *
 * @example
 * normalCdf(1.959963984540054); // 0.975
 */
export function normalCdf(z: number): number {
  const x = Math.abs(z);
  let tail = 0;
  if (x <= 37) {
    const e = Math.exp(-0.5 * x * x);
    if (x < 7.07106781186547) {
      const numerator =
        (((((0.0352624965998911 * x + 0.700383064443688) * x + 6.37396220353165) * x + 33.912866078383) * x +
          112.079291497871) *
          x +
          221.213596169931) *
          x +
        220.206867912376;
      const denominator =
        ((((((0.0883883476483184 * x + 1.75566716318264) * x + 16.064177579207) * x + 86.7807322029461) * x +
          296.564248779674) *
          x +
          637.333633378831) *
          x +
          793.826512519948) *
          x +
        440.413735824752;
      tail = (e * numerator) / denominator;
    } else {
      // A continued fraction, cut after five terms.
      tail = e / (x + 1 / (x + 2 / (x + 3 / (x + 4 / (x + 0.65))))) / 2.506628274631;
    }
  }
  return z > 0 ? 1 - tail : tail;
}
