import type { EvaluatedFleet, Figures } from '../../experiment/plan/document.js';
import type { Target } from '../../experiment/plan/target.js';
import { count, dollars, latency, number, percent } from '../format.js';
import type { Cell } from '../layout.js';

/** Such as `95 % of requests within their SLO, ttftMs.p99 max 2000`. */
export function targetText({ attainment, expectations }: Target): string {
  const asked = attainment === null ? [] : [`${percent(attainment)} of requests within their SLO`];
  return [...asked, ...expectations].join(', ');
}

/** Such as `8 GPUs`, or `up to 8 GPUs, 3.1 on average` where a planner changes the size of the fleet. */
export function gpusText({ gpus, averageGpus, policy }: EvaluatedFleet): string {
  if (policy === undefined || policy === 'static') return `${count(gpus)} ${gpus === 1 ? 'GPU' : 'GPUs'}`;
  return `up to ${count(gpus)} GPUs, ${number(averageGpus)} on average`;
}

/** Columns of what is known of a simulated fleet. */
export const FIGURE_COLUMNS: readonly { head: string; cell: (of: Figures) => Cell }[] = [
  {
    head: 'good',
    cell: ({ attainment, holds }) => ({ text: percent(attainment), tone: holds ? 'good' : 'bad' }),
  },
  { head: 'TTFT p99', cell: ({ ttftMsP99 }) => ({ text: latency(ttftMsP99) }) },
  { head: 'TPOT p99', cell: ({ tpotMsP99 }) => ({ text: latency(tpotMsP99) }) },
  { head: '$/M out', cell: (of) => ({ text: dollars(of.usdPerMillionOutputTokens) }) },
  { head: 'tok/s/user', cell: (of) => ({ text: number(of.outputTokensPerSecondPerUser) }) },
];
