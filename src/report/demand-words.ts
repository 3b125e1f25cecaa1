import type { Arrivals, LengthDistribution, Pool, Scenario, ThinkTime, TrafficClass } from '../scenario/schema.js';
import type { OpenArrivals, TraceArrivals } from '../scenario/traffic-schema.js';
import { count, percent, setting, span } from './format.js';

/**
 * The demand of one class in words.
 *
 * @example describeDemand(chat) // '12/s gamma (CV 2.5); lognormal 1,024 tokens in, lognormal 256 out'
 */
export function describeDemand({ arrivals, input, output, correlation, sessions }: TrafficClass): string {
  const tied = correlation === undefined || correlation === 0 ? '' : ` (rank correlation ${setting(correlation)})`;
  const lengths =
    input === undefined || output === undefined
      ? 'lengths of the trace'
      : `${describeLengths(input)} tokens in, ${describeLengths(output)} out${tied}`;
  if (sessions === undefined) return `${describeArrivals(arrivals)}; ${lengths}`;
  const agents = sessions.subAgents === undefined ? '' : ', sub-agents';
  const turns = describeLengths(sessions.turns);
  return `${describeArrivals(arrivals)}, each a session of ${turns} turns${agents}; per turn ${lengths}`;
}

function describeArrivals(arrivals: Arrivals): string {
  if (arrivals.process === 'closed-loop') {
    return `${count(arrivals.users)} users in a closed loop${describeThinking(arrivals.think)}`;
  }
  if (arrivals.process === 'trace') return describeTrace(arrivals);
  const { process, rate, curve, batch } = arrivals;
  return `${setting(rate)}/s ${process}${describeBursts(arrivals)}${describeBatch(batch)}${describeCurve(curve)}`;
}

function describeTrace({ file, rate, speedup, window, keep, copies }: TraceArrivals): string {
  const parts = [
    window === undefined
      ? ''
      : `, from ${span(window.from)} to ${window.to === undefined ? 'its end' : span(window.to)}`,
    keep === undefined ? '' : `, ${percent(keep)} of it`,
    copies === undefined ? '' : `, ${count(copies)} copies`,
    rate === undefined ? '' : ` at ${setting(rate)}/s`,
    speedup === undefined ? '' : `, ${setting(speedup)} x faster`,
  ];
  return `trace ${file}${parts.join('')}`;
}

/** What shapes the bursts of a process beside its rate. */
function describeBursts(arrivals: OpenArrivals): string {
  switch (arrivals.process) {
    case 'poisson':
    case 'constant':
      return '';
    case 'gamma':
    case 'weibull':
      return ` (CV ${setting(arrivals.cv)})`;
    case 'on-off':
      return ` (on ${span(arrivals.on)}, off ${span(arrivals.off)})`;
    case 'mmpp':
      return ` (${count(arrivals.states.length)} states)`;
    case 'hawkes':
      return ` (branching ${setting(arrivals.branching)}, memory ${span(arrivals.memory)})`;
  }
}

function describeBatch(batch: OpenArrivals['batch']): string {
  if (batch === undefined) return '';
  if (batch.size !== undefined) return ` in batches of ${count(batch.size)}`;
  return ` in batches of ${setting(batch.mean)} on average`;
}

function describeCurve(curve: OpenArrivals['curve']): string {
  switch (curve?.shape) {
    case undefined:
      return '';
    case 'diurnal':
      return ', by day and night';
    case 'steps':
      return `, in ${count(curve.levels.length)} steps over ${span(curve.period)}`;
    case 'ramp':
      return `, from ${setting(curve.from)} times that over ${span(curve.over)}`;
    case 'spike': {
      const { factor, at, lasts, every } = curve;
      // Spikes that come again leave the mean where it is, and lower the rest.
      const often =
        every === undefined
          ? `that for ${span(lasts)} at ${span(at)}`
          : `the rest for ${span(lasts)} every ${span(every)}`;
      return `, ${setting(factor)} times ${often}`;
    }
    case 'file':
      return `, along ${curve.file}`;
  }
}

/** What shapes a distribution beside its mean: ` (CV 2.5)`. */
function inBrackets(parameters: object): string {
  const known = Object.entries(parameters).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'number') return [`${name === 'cv' ? 'CV' : name} ${setting(value)}`];
    return typeof value === 'string' ? [value] : [];
  });
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
}

function describeThinking(think: ThinkTime): string {
  if (think.distribution === 'empirical') return ', thinking as observed';
  if (think.distribution !== 'fixed') return `, thinking ${span(think.mean)} on average`;
  return think.value === 0 ? '' : `, thinking ${span(think.value)}`;
}

function describeLengths(lengths: LengthDistribution): string {
  if (lengths.distribution === 'fixed') return count(lengths.value);
  if (lengths.distribution === 'uniform') return `${count(lengths.min)} to ${count(lengths.max)}`;
  if (lengths.distribution === 'empirical') {
    return lengths.file === undefined ? 'observed' : `observed (${lengths.file})`;
  }
  if (lengths.distribution === 'zipf') {
    const { distribution, min, max, ...shape } = lengths;
    return `${distribution} ${count(min)} to ${max === undefined ? '…' : count(max)}${inBrackets(shape)}`;
  }
  const { distribution, mean, min: _min, max: _max, ...shape } = lengths;
  return `${distribution} ${setting(mean)}${inBrackets(shape)}`;
}

/**
 * How long is simulated.
 *
 * @example describeHorizon(scenario) // '30 min, the first 2 min left out'
 */
export function describeHorizon({ horizon: { duration, requests, warmup } }: Scenario): string {
  const length =
    duration !== undefined ? span(duration) : requests !== undefined ? `${count(requests)} requests` : 'whole trace';
  return warmup !== 'auto' && warmup > 0 ? `${length}, the first ${span(warmup)} left out` : length;
}

/**
 * How the GPUs of a replica share the model, such as `tp 4, pp 2`; empty for a single GPU.
 *
 * @example describeParallelism({ tp: 4, pp: 1, attentionDp: 1 }) // 'tp 4'
 */
export function describeParallelism(parallelism: Pool['parallelism']): string {
  const names = { tp: 'tp', pp: 'pp', attentionDp: 'attention dp', moeTp: 'moe tp', moeEp: 'moe ep' } as const;
  return Object.entries(names)
    .map(([key, name]) => [name, parallelism[key as keyof typeof names] ?? 1] as const)
    .filter(([, degree]) => degree > 1)
    .map(([name, degree]) => `${name} ${degree}`)
    .join(', ');
}
