/** What something bought costs per year: what it loses in value, and what the money tied up in it costs. */
export interface YearlyCost {
  /** Straight-line depreciation, `price * (1 - residual) / years`. */
  depreciationUsd: number;
  /** The rest of the annuity: interest on what is not written off yet. */
  capitalUsd: number;
}

/**
 * Equal yearly payments that pay for `priceUsd` over `years` at `rate` per year, with a residual value in the end:
 *
 *     annuity = (price - residual * price / (1 + rate)^years) * rate / (1 - (1 + rate)^-years)
 *
 * (Brealey, Myers, Allen, "Principles of Corporate Finance", chapter 2: equivalent annual cost.) The depreciation of the
 * books is taken out of it, so that both parts can be shown.
 *
 * @param residual share of the price that is left at the end
 * @example yearlyCost(1000, 2, 0.1) // annuity 576.19: depreciation 500, capital 76.19
 */
export function yearlyCost(priceUsd: number, years: number, rate: number, residual = 0): YearlyCost {
  const depreciationUsd = (priceUsd * (1 - residual)) / years;
  if (rate === 0) return { depreciationUsd, capitalUsd: 0 };
  // By logarithms, so that a rate of next to nothing keeps its digits.
  const discount = Math.exp(-years * Math.log1p(rate));
  const annuity = (priceUsd * (1 - residual * discount) * rate) / -Math.expm1(-years * Math.log1p(rate));
  return { depreciationUsd, capitalUsd: Math.max(0, annuity - depreciationUsd) };
}
