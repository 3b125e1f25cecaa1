import { stringify } from 'yaml';
import type { TraceDescription } from '../../traffic/describe/describe.js';
import { type Fit, figureInWords, missedFigures } from '../../traffic/fit/fit.js';

/** Weaker correlations of prompt and answer lengths are left out. */
const NOTABLE_CORRELATION = 0.05;

/** A traffic class with the arrivals of a fit and the length quantiles of the trace, as a scenario holds it. */
export function trafficClass(name: string, trace: TraceDescription, fit: Fit): Record<string, unknown> {
  const { inputTokens, outputTokens, rankCorrelation } = trace;
  const correlation = rankCorrelation === null ? 0 : Number(rankCorrelation.toFixed(3));
  return {
    name,
    arrivals: fit.arrivals,
    input: { distribution: 'empirical', quantiles: inputTokens.quantiles },
    output: { distribution: 'empirical', quantiles: outputTokens.quantiles },
    ...(Math.abs(correlation) < NOTABLE_CORRELATION ? {} : { correlation }),
  };
}

/**
 * The same as YAML, with what it was fitted to in a comment.
 *
 * @example trafficBlock('code', describeTrace(open), fitArrivals(trace)[0])
 */
export function trafficBlock(name: string, trace: TraceDescription, fit: Fit): string {
  const missed = missedFigures(fit).map(figureInWords);
  const comment = [
    `${fit.name}, fitted with an error of ${(100 * fit.error).toFixed(1)} %:`,
    ...fit.figures.map((figure) => `${figure.name} ${short(figure.fit)} (trace ${short(figure.trace)})`),
    `rates of runs as long as the trace: +-${short(100 * fit.rateSpread)} %`,
    ...(missed.length === 0 ? [] : [`NOT REPRODUCED within 25 %: ${missed.join(', ')}`]),
  ];
  const yaml = stringify({ traffic: [trafficClass(name, trace, fit)] }, { lineWidth: 120, collectionStyle: 'any' });
  return `${comment.map((line) => `# ${line}`).join('\n')}\n${inlinePairs(yaml)}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Lists of two numbers on one line each: `- [0.5, 300]` instead of three lines. */
function inlinePairs(yaml: string): string {
  return yaml.replaceAll(/- - ([-\d.e]+)\n\s+- ([-\d.e]+)\n/g, '- [$1, $2]\n');
}
