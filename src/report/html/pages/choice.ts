import type { ComparedScenario, Comparison } from '../../../experiment/compare/compare.js';
import { dollars, halfWidth, latency, number, percent } from '../../format.js';
import { numberAt } from '../figures.js';
import type { Report, Statement } from '../report.js';
import { expectationWords } from '../words.js';
import { curveAdvantage } from './curve.js';

/** What fleets are chosen by. */
export const COST = 'cost.usdPerMillionGoodOutputTokens';
export const SPEED = 'throughput.outputTokensPerSecondPerUser';

/** Which fleet a comparison names, and why. */
export interface Choice {
  best: ComparedScenario | undefined;
  headline: string;
  tone: Report['tone'];
  reasons: string[];
}

/** The cheapest of those that hold their expectations. */
export function choose(comparison: Pick<Comparison, 'scenarios' | 'alignment' | 'curve'>): Choice {
  const { scenarios } = comparison;
  const priced = scenarios.filter(({ summary }) => numberAt(summary, COST) !== null);
  const fit = priced.filter(holds);
  const missed = scenarios
    .filter((of) => !holds(of))
    .map(({ name, expectations }) => {
      const failed = expectations.filter(({ pass }) => !pass).map(expectationWords);
      return `${name}: ${failed.join(', ')}`;
    });
  const failing = missed.length === 0 ? [] : [`Not held: ${missed.join('; ')}.`];
  const [best, second] = [...(fit.length > 0 ? fit : priced)].sort(
    (a, b) => (numberAt(a.summary, COST) ?? 0) - (numberAt(b.summary, COST) ?? 0),
  );
  if (best === undefined) {
    const headline = 'No fleet has a price for good tokens, so none can be named.';
    return { best, headline, tone: 'warning', reasons: failing };
  }
  const spread = halfWidth(numberAt(best.intervals, COST), dollars);
  const price = `${dollars(numberAt(best.summary, COST))}${spread === '' ? '' : ` ${spread}`} per million good output tokens, ${dollars(best.summary.cost.usdPerHour)} an hour, ${percent(best.summary.goodput.attainment)} of requests within their SLO`;
  const reasons = [
    ...versus(best, second, scenarios),
    ...forTheSameMoney(best, second, comparison),
    ...fasterOnes(best, scenarios),
    ...failing,
  ];
  if (fit.length === 0) {
    const headline = `No fleet holds what is expected of it. The cheapest, ${best.name}, costs ${price}.`;
    return { best, headline, tone: 'bad', reasons };
  }
  const clear = second === undefined || isClear(best, second, comparison);
  const headline = clear ? `Choose ${best.name}: ${price}.` : `${best.name} is cheapest, but not clearly: ${price}.`;
  return { best, headline, tone: clear ? 'good' : 'warning', reasons };
}

export function holds({ expectations }: ComparedScenario): boolean {
  return expectations.every(({ pass }) => pass);
}

/** Not chance, and not only the rounding of fleets that were made to cost the same: the curve must say the same then. */
function isClear(
  best: ComparedScenario,
  second: ComparedScenario,
  { scenarios, alignment, curve }: Pick<Comparison, 'scenarios' | 'alignment' | 'curve'>,
): boolean {
  if (savingOf(best, second, scenarios)?.significant === false) return false;
  if (alignment.by !== 'cost' || curve === null) return true;
  return curve.winners.every(({ winner }) => winner === null || winner === best.name);
}

/** How much less the one costs than the other, where one of them is the reference: a share, and its half-width. */
function savingOf(
  best: ComparedScenario,
  other: ComparedScenario,
  scenarios: readonly ComparedScenario[],
): { share: number; halfWidth: number | null; significant: boolean } | undefined {
  const reversed = best === scenarios[0];
  const figure = (reversed ? other : other === scenarios[0] ? best : undefined)?.figures?.[COST];
  if (figure?.ratio == null || figure.ratio <= 0) return undefined;
  const { ratio, ratioHalfWidth, significant } = figure;
  // The half-width of a reciprocal, to first order.
  return reversed
    ? { share: 1 - 1 / ratio, halfWidth: ratioHalfWidth === null ? null : ratioHalfWidth / ratio ** 2, significant }
    : { share: 1 - ratio, halfWidth: ratioHalfWidth, significant };
}

/** How much cheaper the chosen fleet is than the next one, and how sure that is. */
function versus(
  best: ComparedScenario,
  second: ComparedScenario | undefined,
  scenarios: readonly ComparedScenario[],
): string[] {
  if (second === undefined) return [];
  const next = `Next best is ${second.name} at ${dollars(numberAt(second.summary, COST))}`;
  const saving = savingOf(best, second, scenarios);
  if (saving === undefined) return [`${next}.`];
  const { share, halfWidth: spread, significant } = saving;
  const less = `${best.name} costs ${percent(share)}${spread === null ? '' : ` ±${percent(spread)}`} less per good token`;
  const sure =
    spread === null
      ? 'one run each, so this may be chance'
      : significant
        ? 'chance is ruled out at 95 %'
        : 'within chance: more replications would tell';
  return [`${next}: ${less} (${sure}).`];
}

/** Fleets that were made to cost the same differ in what users get, not in what a token costs under the same demand. */
function forTheSameMoney(
  best: ComparedScenario,
  second: ComparedScenario | undefined,
  { alignment, curve }: Pick<Comparison, 'alignment' | 'curve'>,
): string[] {
  const same =
    alignment.by !== 'cost' || second === undefined
      ? []
      : [
          `The fleets were sized to cost the same, so that figure differs little under one demand. For that money users of ${best.name} get ${given(best)}, those of ${second.name} ${given(second)}.`,
        ];
  return [...same, ...curveAdvantage(curve)];
}

function given({ summary }: ComparedScenario): string {
  return `${number(numberAt(summary, SPEED))} tokens/s and a TTFT p99 of ${latency(summary.ttftMs.p99)}`;
}

function fasterOnes(best: ComparedScenario, scenarios: readonly ComparedScenario[]): string[] {
  const speed = (of: ComparedScenario) => numberAt(of.summary, SPEED);
  const [fastest] = [...scenarios].sort((a, b) => (speed(b) ?? 0) - (speed(a) ?? 0));
  if (fastest === best || speed(fastest) === null) return [];
  return [
    `Faster for each user: ${fastest.name} with ${number(speed(fastest))} output tokens/s per user against ${number(speed(best))}.`,
  ];
}

/** The difference in cost of each fleet to the reference, and whether the error of the model could hide it. */
export function differenceStatement(
  best: ComparedScenario | undefined,
  scenarios: readonly ComparedScenario[],
): Statement[] {
  const figures = scenarios.slice(1).flatMap((of) => {
    const figure = of.figures?.[COST];
    if (figure?.ratio == null) return [];
    const spread = halfWidth(figure.ratioHalfWidth, (value) => number(value, 2));
    return [
      `${of.name} / ${scenarios[0].name}: ${number(figure.ratio)} ${spread}${figure.significant ? '' : ' (no clear difference)'}`,
    ];
  });
  if (best === undefined || figures.length === 0) return [];
  const clear = scenarios.slice(1).every((of) => of.figures?.[COST]?.significant !== false);
  return [
    {
      label: 'Difference in cost',
      text: `Ratio of $ per million good output tokens, paired run by run: ${figures.join('; ')}.`,
      tone: clear ? 'good' : 'warning',
    },
  ];
}

/**
 * What the error of step times means for a comparison: whether it is larger than what the fleets differ by.
 *
 * @param error of the time per output token, percent
 */
export function errorAgainstDifference(
  best: ComparedScenario | undefined,
  { scenarios, curve }: Pick<Comparison, 'scenarios' | 'curve'>,
  error: number,
): string {
  // Errors of two fleets that have nothing to do with each other.
  const both = error * Math.SQRT2;
  const ratios = (curve?.winners ?? []).flatMap(({ winner, advantage }) =>
    winner === best?.name && advantage !== null ? [advantage] : [],
  );
  const least = Math.min(...ratios);
  const atSpeed =
    ratios.length === 0
      ? ''
      : least - 1 > both / 100
        ? ` At equal speed ${best?.name} is at least ${number(least)} times cheaper, which is more than that.`
        : ` At equal speed the least advantage of ${best?.name} is ${number(least)} times, which errors of that size could turn.`;
  const served = scenarios.every(({ summary }) => !summary.bottleneck.overloaded)
    ? ' All fleets serve the whole demand, so under it the cost per token follows their price; the error is in latencies, and in how much more they could serve.'
    : '';
  return `Two fleets that erred apart from each other could be ${number(both)} % off against each other.${atSpeed}${served}`;
}
