import { basename } from 'node:path';
import type { Comparison } from '../../experiment/compare/compare.js';
import type { CapacityDocument, PlanDocument } from '../../experiment/plan/document.js';
import type { ResultDocument } from '../../experiment/result.js';
import type { StoredResult } from '../../experiment/results/find.js';
import { count, counted, dollars, latency, number, percent } from '../format.js';
import type { Cell, Grid } from '../layout.js';
import type { SweepManifest } from '../sweep/folder.js';

/** One row per result: what it is, and the figures that tell it from the others. */
export function resultsGrid(results: readonly StoredResult[]): Grid {
  return {
    kind: 'grid',
    words: 3,
    head: ['name', 'kind', 'folder', 'good', 'TTFT p99', 'TPOT p99', '$/M good', 'of'],
    rows: results.map((result): Cell[] => [
      { text: result.name },
      { text: result.kind },
      { text: basename(result.folder) },
      ...figuresOf(result),
    ]),
  };
}

/** A result that somebody has edited should not hide the others. */
function figuresOf(result: StoredResult): Cell[] {
  try {
    return figures(result);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return [...Array.from({ length: 4 }, () => ({ text: '' })), { text: 'damaged', tone: 'bad' }];
  }
}

function figures({ kind, document }: StoredResult): Cell[] {
  const none = { text: '' };
  if (kind === 'run') {
    const { summary, expectations, replications } = document as unknown as ResultDocument;
    const failed = expectations.some(({ pass }) => !pass);
    return [
      { text: percent(summary.goodput.attainment), ...(failed ? { tone: 'bad' as const } : {}) },
      { text: latency(summary.ttftMs.p99) },
      { text: latency(summary.tpotMs.p99) },
      { text: dollars(summary.cost.usdPerMillionGoodOutputTokens) },
      { text: replications === undefined ? '' : `${count(replications)} runs`, tone: 'quiet' },
    ];
  }
  if (kind === 'sweep') {
    const { points, shard } = document as unknown as SweepManifest;
    const part = shard === undefined ? '' : `, shard ${shard.number}/${shard.of}`;
    return [none, none, none, none, { text: `${count(points)} points${part}`, tone: 'quiet' }];
  }
  if (kind === 'comparison') {
    const { scenarios } = document as unknown as Comparison;
    return [none, none, none, none, { text: counted(scenarios.length, 'fleet'), tone: 'quiet' }];
  }
  if (kind === 'plan') {
    const { best } = document as unknown as PlanDocument;
    if (best === null) return [none, none, none, none, { text: 'no fleet holds', tone: 'bad' }];
    return [
      { text: percent(best.attainment) },
      { text: latency(best.ttftMsP99) },
      { text: latency(best.tpotMsP99) },
      { text: dollars(best.usdPerMillionGoodOutputTokens) },
      { text: best.name, tone: 'quiet' },
    ];
  }
  const { capacity } = document as unknown as CapacityDocument;
  if (capacity === null) return [none, none, none, none, { text: 'does not hold', tone: 'bad' }];
  const { atLimit, requestsPerSecond, factor } = capacity;
  return [
    { text: percent(atLimit.attainment) },
    { text: latency(atLimit.ttftMsP99) },
    { text: latency(atLimit.tpotMsP99) },
    { text: dollars(atLimit.usdPerMillionGoodOutputTokens) },
    { text: requestsPerSecond === null ? `${number(factor)} x` : `${number(requestsPerSecond)}/s`, tone: 'quiet' },
  ];
}
