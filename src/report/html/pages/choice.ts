import type { ComparedScenario } from '../../../experiment/compare/compare.js';
import type { PairedFigure } from '../../../experiment/compare/paired.js';
import { expectationText } from '../../expectations.js';
import { dollars, halfWidth, number, percent } from '../../format.js';
import { numberAt } from '../figures.js';
import type { Report, Statement } from '../report.js';

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
export function choose(scenarios: readonly ComparedScenario[]): Choice {
  const priced = scenarios.filter(({ summary }) => numberAt(summary, COST) !== null);
  const fit = priced.filter(holds);
  const failing = scenarios
    .filter((of) => !holds(of))
    .map(({ name, expectations }) => {
      const failed = expectations.filter(({ pass }) => !pass).map(expectationText);
      return `${name} does not hold what is expected of it: ${failed.join('; ')}`;
    });
  const [best, second] = [...(fit.length > 0 ? fit : priced)].sort(
    (a, b) => (numberAt(a.summary, COST) ?? 0) - (numberAt(b.summary, COST) ?? 0),
  );
  if (best === undefined) {
    return {
      best,
      headline: 'No fleet has a price for good tokens, so none can be named.',
      tone: 'warning',
      reasons: failing,
    };
  }
  const cost = numberAt(best.summary, COST);
  const attainment = best.summary.goodput.attainment;
  const price = `${dollars(cost)} per million good output tokens, ${dollars(best.summary.cost.usdPerHour)} an hour, ${percent(attainment)} of requests within their SLO`;
  const reasons = [...versus(best, second, scenarios), ...failing];
  const faster = [...scenarios].sort(
    (a, b) => (numberAt(b.summary, SPEED) ?? 0) - (numberAt(a.summary, SPEED) ?? 0),
  )[0];
  if (faster !== best && numberAt(faster.summary, SPEED) !== null) {
    reasons.push(
      `Faster for each user: ${faster.name} with ${number(numberAt(faster.summary, SPEED))} output tokens/s per user against ${number(numberAt(best.summary, SPEED))}.`,
    );
  }
  if (fit.length === 0) {
    return {
      best,
      headline: `No fleet holds what is expected of it. The cheapest, ${best.name}, costs ${price}.`,
      tone: 'bad',
      reasons,
    };
  }
  const clear = second === undefined || difference(best, second, scenarios)?.significant !== false;
  const headline = clear ? `Choose ${best.name}: ${price}.` : `${best.name} is cheapest, but not clearly: ${price}.`;
  return { best, headline, tone: clear ? 'good' : 'warning', reasons };
}

export function holds({ expectations }: ComparedScenario): boolean {
  return expectations.every(({ pass }) => pass);
}

/** How two fleets differ in cost, where one of them is the reference of the comparison. */
function difference(
  a: ComparedScenario,
  b: ComparedScenario,
  scenarios: readonly ComparedScenario[],
): PairedFigure | undefined {
  const other = a === scenarios[0] ? b : b === scenarios[0] ? a : undefined;
  return other?.figures?.[COST];
}

/** How much cheaper the chosen fleet is than the next one, and how sure that is. */
function versus(
  best: ComparedScenario,
  second: ComparedScenario | undefined,
  scenarios: readonly ComparedScenario[],
): string[] {
  if (second === undefined) return [];
  const costs = `${dollars(numberAt(best.summary, COST))} against ${dollars(numberAt(second.summary, COST))} per million good output tokens`;
  const figure = difference(best, second, scenarios);
  if (figure?.ratio == null) return [`Next best is ${second.name}: ${costs}.`];
  const [left, right] = best === scenarios[0] ? [second, best] : [best, second];
  const ratio = `${left.name} costs ${number(figure.ratio)}${figure.ratioHalfWidth === null ? '' : ` ± ${number(figure.ratioHalfWidth, 2)}`} times what ${right.name} costs`;
  const sure =
    figure.ratioHalfWidth === null
      ? 'one run each, so this may be chance'
      : figure.significant
        ? 'chance is ruled out at 95 %'
        : 'within chance: more replications would tell';
  return [`Next best is ${second.name}: ${costs}; ${ratio} (${sure}).`];
}

export function differenceStatement(
  best: ComparedScenario | undefined,
  scenarios: readonly ComparedScenario[],
): Statement[] {
  const figures = scenarios.slice(1).flatMap((of) => {
    const figure = of.figures?.[COST];
    if (figure?.ratio == null) return [];
    return [
      `${of.name} / ${scenarios[0].name}: ${number(figure.ratio)} ${halfWidth(figure.ratioHalfWidth, (value) => number(value, 2))}${figure.significant ? '' : ' (no clear difference)'}`,
    ];
  });
  if (best === undefined || figures.length === 0) return [];
  const clear = scenarios.slice(1).every((of) => of.figures?.[COST]?.significant !== false);
  return [
    {
      label: 'Difference in cost',
      text: `Ratio of dollars per million good output tokens, paired run by run: ${figures.join('; ')}.`,
      tone: clear ? 'good' : 'warning',
    },
  ];
}
