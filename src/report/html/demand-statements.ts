import type { Scenario, TrafficClass } from '../../scenario/schema.js';
import { describeDemand } from '../demand-words.js';
import { count, dollars } from '../format.js';
import { limitText, SLO_TERMS } from '../slo-mark.js';
import type { Statement } from './report.js';

/** More classes than this are counted, not listed. */
const MOST_CLASSES = 6;

/** What was asked of the fleet: the demand of each class, its targets, and what its tokens are sold at. */
export function demandStatements(traffic: Scenario['traffic']): Statement[] {
  const lines = (label: string, text: (entry: TrafficClass) => string): Statement => {
    const all = traffic.map((entry) => (traffic.length > 1 ? `${entry.name}: ${text(entry)}` : text(entry)));
    const shown =
      all.length > MOST_CLASSES
        ? [...all.slice(0, MOST_CLASSES - 1), `and ${count(all.length - MOST_CLASSES + 1)} more`]
        : all;
    return { label, text: shown.join('\n') };
  };
  const sold = traffic.some(({ price }) => price !== undefined);
  return [
    lines('demand', describeDemand),
    lines('targets (SLO) of a good request', sloText),
    ...(sold ? [lines('sold at', priceText)] : []),
  ];
}

function sloText({ slo }: TrafficClass): string {
  const terms = SLO_TERMS.flatMap(({ slo: term, name }) => {
    const limit = slo[term];
    return limit === undefined ? [] : [`${name} ${limitText(limit)}`];
  });
  return terms.length === 0 ? 'none: every completed request is good' : terms.join(', ');
}

function priceText({ price }: TrafficClass): string {
  if (price === undefined) return 'no price';
  const cached = price.cachedInput === undefined ? '' : `, ${dollars(price.cachedInput)} cached`;
  return `${dollars(price.input)} per million input tokens${cached}, ${dollars(price.output)} per million output tokens`;
}
