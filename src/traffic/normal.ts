/**
 * Quantile of the standard normal distribution: the z below which a share `p` of it lies. Algorithm AS 241, PPND16,
 * relative error about 1e-16.
 *
 * One uniform number gives one normal variate, in increasing order, which pairs of numbers (Box-Muller) and rejection
 * (ziggurat) do not: variates of two streams can be correlated, and a draw never shifts the ones behind it.
 *
 * Source: M. J. Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied Statistics 37(3),
 * 1988, 477-484.
 *
 * @param p probability in [0, 1]; 0 gives -Infinity, 1 gives Infinity
 * @example
 * normalQuantile(0.975); // 1.959963984540054
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (!(q >= -0.425 && q <= 0.425)) return tail(p);
  // The middle 85 % stand here, not in a function of their own: compilers inline them into the samplers.
  const r = 0.180625 - q * q;
  return (
    (q *
      (((((((2509.0809287301227 * r + 33430.57558358813) * r + 67265.7709270087) * r + 45921.95393154987) * r +
        13731.69376550946) *
        r +
        1971.5909503065513) *
        r +
        133.14166789178438) *
        r +
        3.3871328727963665)) /
    (((((((5226.495278852854 * r + 28729.085735721943) * r + 39307.89580009271) * r + 21213.794301586597) * r +
      5394.196021424751) *
      r +
      687.1870074920579) *
      r +
      42.31333070160091) *
      r +
      1)
  );
}

function tail(p: number): number {
  const outside = p < 0.5 ? p : 1 - p;
  if (outside <= 0) return p < 0.5 ? -Infinity : Infinity;
  const r = Math.sqrt(-Math.log(outside));
  const z = r <= 5 ? near(r - 1.6) : far(r - 5);
  return p < 0.5 ? -z : z;
}

/** Tails down to exp(-25). */
function near(r: number): number {
  return (
    (((((((0.0007745450142783414 * r + 0.022723844989269184) * r + 0.2417807251774506) * r + 1.2704582524523684) * r +
      3.6478483247632045) *
      r +
      5.769497221460691) *
      r +
      4.630337846156546) *
      r +
      1.4234371107496835) /
    (((((((1.0507500716444169e-9 * r + 0.0005475938084995345) * r + 0.015198666563616457) * r + 0.14810397642748008) *
      r +
      0.6897673349851) *
      r +
      1.6763848301838038) *
      r +
      2.053191626637759) *
      r +
      1)
  );
}

/** Tails below exp(-25). */
function far(r: number): number {
  return (
    (((((((2.0103343992922881e-7 * r + 2.7115555687434876e-5) * r + 0.0012426609473880784) * r + 0.026532189526576124) *
      r +
      0.29656057182850487) *
      r +
      1.7848265399172913) *
      r +
      5.463784911164114) *
      r +
      6.657904643501103) /
    (((((((2.0442631033899397e-15 * r + 1.421511758316446e-7) * r + 1.8463183175100548e-5) * r +
      0.0007868691311456133) *
      r +
      0.014875361290850615) *
      r +
      0.1369298809227358) *
      r +
      0.599832206555888) *
      r +
      1)
  );
}
