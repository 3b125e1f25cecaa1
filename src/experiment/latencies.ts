import { distributionMs, SHARES } from '../metrics/distribution.js';
import { Histogram } from '../metrics/histogram.js';
import type { ClassStatistics, Recorder } from '../metrics/recorder.js';
import type { Scenario } from '../scenario/schema.js';
import { meanOf } from './mean-series.js';
import type { Distributions } from './result.js';

/** Latencies of the requests of all classes, seconds. */
export interface Latencies {
  ttft: Histogram;
  tpot: Histogram;
  itl: Histogram;
  e2e: Histogram;
  queue: Histogram;
}

/** Puts the latencies of all classes together. */
export function mergedLatencies({ classes, itl }: Pick<Recorder, 'classes' | 'itl'>): Latencies {
  const merged = (pick: (of: ClassStatistics) => Histogram) => {
    const all = new Histogram();
    for (const of of classes) all.merge(pick(of));
    return all;
  };
  return {
    ttft: merged((of) => of.ttft),
    tpot: merged((of) => of.tpot),
    itl,
    e2e: merged((of) => of.e2e),
    queue: merged((of) => of.queue),
  };
}

/** The distributions of a result; of each class too, where there are several. */
export function describeDistributions(
  { ttft, tpot, itl, e2e, queue }: Latencies,
  classes: readonly ClassStatistics[],
  traffic: Scenario['traffic'],
): Distributions {
  const byClass = traffic.map(({ name }, i) => {
    const { ttft, tpot, e2e } = classes[i];
    return [name, { ttftMs: distributionMs(ttft), tpotMs: distributionMs(tpot), e2eMs: distributionMs(e2e) }] as const;
  });
  return {
    shares: [...SHARES],
    ttftMs: distributionMs(ttft),
    tpotMs: distributionMs(tpot),
    itlMs: distributionMs(itl),
    e2eMs: distributionMs(e2e),
    queueMs: distributionMs(queue),
    ...(traffic.length > 1 && { byClass: Object.fromEntries(byClass) }),
  };
}

/** Means of the quantiles of several runs, as those of the summary are. */
export function meanDistributions(all: readonly Distributions[]): Distributions {
  return meanOf(all) as Distributions;
}
