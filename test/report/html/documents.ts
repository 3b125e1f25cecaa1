import type { Comparison } from '../../../src/experiment/compare/compare.js';
import { figuresOf } from '../../../src/experiment/compare/figures.js';
import { pairedFigure } from '../../../src/experiment/compare/paired.js';
import type { ResultDocument } from '../../../src/experiment/result.js';
import type { PointResult } from '../../../src/experiment/sweep/point-result.js';
import type { SweepManifest } from '../../../src/report/sweep/folder.js';
import { madeUpResult } from '../made-up.js';

/** A result whose good tokens cost this much. */
export function costing(name: string, usd: number, speed = 80): ResultDocument {
  const document = madeUpResult(name);
  document.summary.cost.usdPerMillionGoodOutputTokens = usd;
  document.summary.throughput.outputTokensPerSecondPerUser = speed;
  document.expectations = [];
  document.warnings = [];
  return document;
}

/** A comparison of made-up results, the first being the reference, each with two equal runs. */
export function madeUpComparison(...documents: ResultDocument[]): Comparison {
  const reference = figuresOf(documents[0].summary);
  return {
    kind: 'comparison',
    version: '0.1.0',
    name: 'made up',
    seed: 7,
    replications: 2,
    currency: 'USD',
    alignment: { by: 'none', unit: 'GPUs', fleets: [] },
    curve: null,
    expectations: [],
    notes: [],
    scenarios: documents.map((document, i) => {
      const { scenario, fleet, summary, intervals, provenance, uncertainty, expectations, warnings } = document;
      const figures = [...figuresOf(summary)].flatMap(([metric, value]) => {
        const first = reference.get(metric);
        return value === null || first === null || first === undefined
          ? []
          : [[metric, pairedFigure([first, first], [value, value])] as const];
      });
      return {
        name: scenario.name,
        file: `${scenario.name}.yaml`,
        scenario,
        fleet,
        summary,
        intervals,
        provenance,
        uncertainty,
        expectations,
        warnings,
        figures: i === 0 ? undefined : Object.fromEntries(figures),
      };
    }),
  };
}

/** A sweep over GPUs and replicas, with as many points as asked for; cost and speed both rise with the replicas. */
export function madeUpSweep(points: number, name = 'grid'): { manifest: SweepManifest; points: PointResult[] } {
  const { summary, seed, provenance } = costing('point', 1);
  const gpus = ['h100-sxm', 'h200-sxm', 'b200-sxm', 'b300-sxm'];
  const manifest: SweepManifest = {
    version: '0.1.0',
    name,
    fingerprint: 'f',
    points,
    hasVariants: false,
    axes: [
      { name: 'factory.pools[0].gpu', path: 'factory.pools[0].gpu' },
      { name: 'factory.pools[0].replicas', path: 'factory.pools[0].replicas' },
    ],
  };
  return {
    manifest,
    points: Array.from({ length: points }, (_, index): PointResult => {
      const [gpu, replicas] = [index % gpus.length, 1 + Math.floor(index / gpus.length)];
      const cost = { ...summary.cost, usdPerMillionGoodOutputTokens: 1 + replicas / 7 + gpu / 3 };
      const throughput = { ...summary.throughput, outputTokensPerSecondPerUser: 20 + replicas * 1.5 + gpu };
      return {
        index,
        values: { 'factory.pools[0].gpu': gpus[gpu], 'factory.pools[0].replicas': replicas },
        seed,
        summary: { ...summary, cost, throughput },
        provenance,
        expectations: [],
        warnings: [],
      };
    }),
  };
}
