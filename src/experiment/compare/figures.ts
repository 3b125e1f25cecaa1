import type { Summary } from '../result.js';

/** A figure that fleets are compared by, and which way is better. */
export interface ComparedFigure {
  /** Dotted path into the summary. */
  metric: string;
  better: 'more' | 'less';
  /** Compared by how much it differs, not how many times as large it is: it may be negative, so a ratio would mislead. */
  signed?: true;
}

/** What a planner compares fleets by. */
export const COMPARED: readonly ComparedFigure[] = [
  { metric: 'goodput.attainment', better: 'more' },
  { metric: 'goodput.requestsPerSecond', better: 'more' },
  { metric: 'ttftMs.mean', better: 'less' },
  { metric: 'ttftMs.p99', better: 'less' },
  { metric: 'tpotMs.mean', better: 'less' },
  { metric: 'tpotMs.p99', better: 'less' },
  { metric: 'e2eMs.mean', better: 'less' },
  { metric: 'throughput.outputTokensPerSecond', better: 'more' },
  { metric: 'throughput.outputTokensPerSecondPerGpu', better: 'more' },
  { metric: 'throughput.outputTokensPerSecondPerUser', better: 'more' },
  { metric: 'cost.usdPerHour', better: 'less' },
  { metric: 'cost.usdPerMillionOutputTokens', better: 'less' },
  { metric: 'cost.usdPerMillionTotalTokens', better: 'less' },
  { metric: 'cost.usdPerMillionGoodOutputTokens', better: 'less' },
  { metric: 'energy.averageKilowatts', better: 'less' },
  { metric: 'energy.joulesPerOutputToken', better: 'less' },
  { metric: 'energy.outputTokensPerSecondPerMegawatt', better: 'more' },
  { metric: 'revenue.usdPerHour', better: 'more' },
  { metric: 'revenue.margin', better: 'more', signed: true },
  { metric: 'revenue.roi', better: 'more', signed: true },
  { metric: 'revenue.npvUsd', better: 'more', signed: true },
];

/**
 * All figures of a summary by their dotted paths.
 *
 * @example figuresOf(summary).get('ttftMs.p99') // 1248
 */
export function figuresOf(summary: Summary): Map<string, number | null> {
  const figures = new Map<string, number | null>();
  collect(summary, '', figures);
  return figures;
}

function collect(value: object, prefix: string, into: Map<string, number | null>): void {
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry === 'object' && entry !== null) collect(entry, `${prefix}${key}.`, into);
    else if (typeof entry === 'number' || entry === null) into.set(prefix + key, entry);
  }
}
