import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, FleetSearch, type SearchKind } from '../../../src/experiment/plan/search.js';

/** Kinds with one or two pools, and for each the load from which a fleet holds. */
const kinds = fc.array(
  fc.record({
    pools: fc.constantFrom(1, 2),
    gpus: fc.tuple(fc.constantFrom(1, 2, 4), fc.constantFrom(1, 2, 4)),
    usd: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    needs: fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 })),
  }),
  { minLength: 1, maxLength: 6 },
);
type Made = (typeof kinds extends fc.Arbitrary<infer T> ? T : never)[number];
const MAX_GPUS = 16;

function searchKind({ pools, gpus, usd, needs }: Made): SearchKind {
  const two = pools === 2;
  return {
    lower: [1, two ? 1 : 0],
    upper: [Math.floor(MAX_GPUS / gpus[0]), two ? Math.floor(MAX_GPUS / gpus[1]) : 0],
    gpusPerReplica: [gpus[0], two ? gpus[1] : 0],
    maxGpus: MAX_GPUS,
    usdPerHour: ([a, b]) => a * usd[0] * gpus[0] + (two ? b * usd[1] * gpus[1] : 0),
    load: [needs[0] * 0.6, two ? needs[1] * 0.6 : 0],
  };
}

const holds = ({ pools, needs }: Made, [a, b]: Candidate['counts']) => a >= needs[0] && (pools === 1 || b >= needs[1]);

function search(made: readonly Made[], wave = 1) {
  const found = new FleetSearch(made.map(searchKind));
  const looks: Candidate[] = [];
  for (let probes = found.next(wave); probes.length > 0; probes = found.next(wave)) {
    looks.push(...probes);
    for (const probe of probes) found.record(probe, holds(made[probe.kind], probe.counts));
  }
  return { found, looks };
}

function everything(made: readonly Made[]) {
  return made.flatMap((of, kind) => {
    const { lower, upper, gpusPerReplica, usdPerHour } = searchKind(of);
    const all: Candidate[] = [];
    for (let a = lower[0]; a <= upper[0]; a++) {
      for (let b = lower[1]; b <= upper[1]; b++) {
        if (a * gpusPerReplica[0] + b * gpusPerReplica[1] > MAX_GPUS) continue;
        all.push({ kind, counts: [a, b], usdPerHour: usdPerHour([a, b]) });
      }
    }
    return all;
  });
}

describe('the search for the cheapest fleet', () => {
  it('finds what enumeration finds, and all fleets that cost the same', () => {
    fc.assert(
      fc.property(kinds, fc.constantFrom(1, 2, 3), (made, wave) => {
        const { found } = search(made, wave);
        const holding = everything(made).filter(({ kind, counts }) => holds(made[kind], counts));
        const least = Math.min(...holding.map(({ usdPerHour }) => usdPerHour));
        const names = (of: readonly Candidate[]) => of.map(({ kind, counts }) => `${kind}:${counts}`).sort();
        expect(names(found.equals)).toEqual(names(holding.filter(({ usdPerHour }) => usdPerHour === least)));
        expect(found.undecided).toBe(0);
      }),
    );
  });

  it('looks at no fleet twice', () => {
    fc.assert(
      fc.property(kinds, (made) => {
        const { looks } = search(made, 2);
        expect(new Set(looks.map(({ kind, counts }) => `${kind}:${counts}`)).size).toBe(looks.length);
      }),
    );
  });

  it('bisects one kind: five looks suffice for sixteen fleets', () => {
    for (let needed = 1; needed <= 17; needed++) {
      const made: Made = { pools: 1, gpus: [1, 1], usd: [1, 1], needs: [needed, 1] };
      expect(search([{ ...made }]).looks.length, `${needed} needed`).toBeLessThanOrEqual(5);
    }
  });

  it('goes on with larger fleets of a kind when an answer is taken back', () => {
    const made: Made = { pools: 1, gpus: [1, 1], usd: [1, 1], needs: [3, 1] };
    const { found } = search([made]);
    expect(found.best?.counts[0]).toBe(3);
    found.revoke(found.best as Candidate);
    for (let [probe] = found.next(1); probe !== undefined; [probe] = found.next(1)) {
      found.record(probe, probe.counts[0] >= 4);
    }
    expect(found.best?.counts[0]).toBe(4);
  });
});
