import type { ExpectationOutcome, PoolDescription, ResultDocument } from '../../experiment/result.js';
import { expectationText } from '../expectations.js';
import { count, number } from '../format.js';
import { figureAt } from './figures.js';
import type { Statement } from './report.js';

type Provenance = ResultDocument['provenance']['calibration'];

const CALIBRATIONS: Readonly<Record<Provenance, { tone: Statement['tone']; text: string }>> = {
  measured: {
    tone: 'good',
    text: 'Step times are fitted to measured runs of this GPU, serving stack and number format.',
  },
  transferred: {
    tone: 'warning',
    text: 'Step times are carried over from measured runs of other GPUs, stacks or formats: trust comparisons more than absolute figures.',
  },
  datasheet: {
    tone: 'bad',
    text: 'Step times come from datasheets and typical efficiencies; nothing of this kind was measured. Measure before you buy.',
  },
  given: { tone: undefined, text: 'Step times are those that the scenario gives.' },
};

/** Where step times come from, in a sentence. */
export function calibrationStatement(provenance: Provenance): Statement {
  return { label: `Step times: ${provenance}`, ...CALIBRATIONS[provenance] };
}

/**
 * How far off predictions were, in a sentence.
 *
 * @param consequence what that means for the reader's question
 */
export function errorStatement(uncertainty: ResultDocument['uncertainty'], consequence = ''): Statement {
  if (uncertainty === null) {
    return {
      label: 'Model error',
      text: 'There is no measured error band for these step times; allow for tens of percent.',
      tone: 'warning',
    };
  }
  const { tpot, ttft } = uncertainty;
  return {
    label: 'Model error',
    text:
      `On measured runs that the model had not seen, time per output token (TPOT) was off by ${number(tpot.mape)} % on average (half of the runs: under ${number(tpot.medianApe)} %), ` +
      `time to first token (TTFT) by ${number(ttft.mape)} % (${number(ttft.medianApe)} %).${consequence === '' ? '' : ` ${consequence}`}`,
    tone: tpot.mape > 20 ? 'bad' : tpot.mape > 12 ? 'warning' : 'good',
  };
}

/** What replications say about chance. */
export function chanceStatement(replications: number | undefined): Statement {
  if (replications === undefined || replications < 2) {
    return {
      label: 'Chance',
      text: 'One simulated run, so chance is not measured. Put “replications: 10” into the scenario for 95 % intervals.',
      tone: 'warning',
    };
  }
  return {
    label: 'Chance',
    text: `Means of ${count(replications)} independent runs; ± is the half-width of the 95 % interval.`,
    tone: 'good',
  };
}

/** The weakest of several calibrations. */
export function weakest(provenances: readonly Provenance[]): Provenance {
  const order: readonly Provenance[] = ['datasheet', 'transferred', 'given', 'measured'];
  return order.find((tier) => provenances.includes(tier)) ?? 'given';
}

/** The widest of several error bands; null where one of them is unknown. */
export function widest(bands: readonly ResultDocument['uncertainty'][]): ResultDocument['uncertainty'] {
  return bands.reduce((wide, band) => {
    if (wide === null || band === null) return null;
    return band.tpot.mape > wide.tpot.mape ? band : wide;
  }, bands[0] ?? null);
}

/**
 * A fleet in a few words.
 *
 * @example fleetText([{ replicas: 2, gpusPerReplica: 4, gpu: 'h200-sxm', role: 'aggregated', ... }]) // '8 × h200-sxm (2 replicas of 4)'
 */
export function fleetText(fleet: readonly PoolDescription[]): string {
  return fleet
    .map(({ gpu, replicas, gpusPerReplica, role }) => {
      const split =
        replicas > 1 && gpusPerReplica > 1
          ? ` (${count(replicas)} replicas of ${gpusPerReplica})`
          : replicas > 1
            ? ` (${count(replicas)} replicas)`
            : '';
      return `${count(replicas * gpusPerReplica)} × ${gpu ?? 'GPU'}${split}${fleet.length > 1 ? ` for ${role}` : ''}`;
    })
    .join(' + ');
}

/** The GPUs of a fleet alone: `8 × h200-sxm`. */
export function gpusText(fleet: readonly PoolDescription[]): string {
  return fleet
    .map(({ gpu, replicas, gpusPerReplica }) => `${count(replicas * gpusPerReplica)} × ${gpu ?? 'GPU'}`)
    .join(' + ');
}

/**
 * An expectation and what came of it as people write them; as in the scenario where that would hide the difference.
 *
 * @example expectationWords({ metric: 'ttftMs.p99', limit: 'max 1000', value: 1248, pass: false }) // 'TTFT p99 1.25 s, expected at most 1.00 s'
 */
export function expectationWords(outcome: ExpectationOutcome): string {
  const { metric, limit, value } = outcome;
  const [, bound, asked] = /^(min|max) (\S+)$/.exec(limit) ?? [];
  const { label, write, unit } = figureAt(metric);
  const [found, wanted] = [write(value), write(Number(asked))];
  if (unit === '' || value === null || asked === undefined || found === wanted) return expectationText(outcome);
  return `${label} ${found}, expected ${bound === 'min' ? 'at least' : 'at most'} ${wanted}`;
}
