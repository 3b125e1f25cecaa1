import { stringify } from 'yaml';
import type { Confirmation, EvaluatedFleet, PlanDocument, RobustnessCase } from '../../experiment/plan/document.js';
import type { PlannerScenario } from '../../scenario/schema.js';
import { evidenceText } from '../evidence.js';
import { count, counted, dollars, halfWidth, latency, number, percent } from '../format.js';
import type { Cell, Facts, Grid } from '../layout.js';
import { FIGURE_COLUMNS, gpusText, targetText } from './words.js';

/** More rows than anybody reads; all are in the document. */
const MOST_ROWS = 12;
const MOST_EXCLUDED = 6;

const LEGEND = 'no other fleet is both cheaper per token and faster for its users';

/** What a plan has found, in sections for a terminal or a pull request. */
export function planSections(plan: PlanDocument): { title: string; sections: (Facts | Grid)[] } {
  return {
    title: `plan for ${plan.scenario.name}: ${targetText(plan.target)}`,
    sections: [answer(plan), ...alternatives(plan), background(plan)],
  };
}

function answer(plan: PlanDocument): Facts {
  const { best, robustness, capacity } = plan;
  if (best === null) {
    const nearest = plan.search.log.toSorted((a, b) => (b.attainment ?? 0) - (a.attainment ?? 0))[0];
    const none = plan.search.complete
      ? 'no fleet of the space holds the target'
      : `no fleet was found to hold the target before plan.evaluations ended`;
    const text =
      nearest === undefined
        ? `${none}, and none had to be simulated to know`
        : `${none}; nearest is ${nearest.name} with ${percent(nearest.attainment)} good requests`;
    return { kind: 'facts', facts: [{ label: 'answer', lines: [{ text, tone: 'bad' }] }] };
  }
  const lines: Facts['facts'][number][] = [
    {
      label: 'answer',
      lines: [
        { text: `${best.name}: ${gpusText(best)}, ${dollars(best.usdPerHour)}/h`, tone: 'good' },
        { text: `${percent(best.attainment)} good${confirmed(best.confirmation)}` },
        { text: poolsText(best.factory.pools), tone: 'quiet' },
        ...plannerCells(best.planner),
      ],
    },
  ];
  if (capacity !== null) {
    const rate = capacity.requestsPerSecond === null ? '' : ` (${number(capacity.requestsPerSecond)} requests/s)`;
    lines.push({
      label: 'headroom',
      lines: [{ text: `holds up to ${number(capacity.factor)} times the demand${rate}` }],
    });
  }
  lines.push({ label: 'robust', lines: robustness.map(robustnessCell) });
  // Plans of older versions do not say.
  if (best.calibration) {
    const text = evidenceText(best.calibration, best.uncertainty);
    const isWeak = best.calibration === 'transferred' || best.calibration === 'datasheet';
    lines.push({ label: 'calibration', lines: [{ text, tone: isWeak ? 'warning' : 'quiet' }] });
  }
  return { kind: 'facts', facts: lines };
}

function confirmed(confirmation: Confirmation | null): string {
  if (confirmation === null) return '';
  const { runs, held, attainment, attainmentHalfWidth } = confirmation;
  const mean = [percent(attainment), halfWidth(attainmentHalfWidth, percent)].join(' ').trim();
  return `; ${mean} under ${count(runs)} other seeds, ${count(held)} of which it holds`;
}

function robustnessCell({
  change,
  fleet,
  holds,
  attainment,
  ttftMsP99,
  tpotMsP99,
  needs,
  nodes,
}: RobustnessCase): Cell {
  if (holds) return { text: `✓ ${change}: still holds, ${percent(attainment)} good` };
  const left =
    fleet === null
      ? 'nothing is left'
      : `${percent(attainment)} good, TTFT p99 ${latency(ttftMsP99)}, TPOT p99 ${latency(tpotMsP99)}`;
  const where = nodes == null ? '' : `, spread over ${count(nodes)} nodes,`;
  const cure = needs === null ? '' : `; ${needs.name}${where} would hold, ${dollars(needs.usdPerHour)}/h`;
  return { text: `✗ ${change}: ${left}${cure}`, tone: 'warning' };
}

/** `factory.pools` as it would stand in the scenario, without what is a default anyway. */
function poolsText(pools: NonNullable<PlanDocument['best']>['factory']['pools']): string {
  const short = pools.map(({ role, gpu, replicas, parallelism }) => ({
    ...(role === 'aggregated' ? {} : { role }),
    ...(gpu === undefined ? {} : { gpu }),
    replicas,
    parallelism: Object.fromEntries(
      Object.entries(parallelism).filter(([key, degree]) => degree !== undefined && (degree > 1 || key === 'tp')),
    ),
  }));
  return `pools: ${stringify(short, { collectionStyle: 'flow', lineWidth: 0 }).trim()}`;
}

/** `planner` as it would stand in the scenario, where it changes the size of the fleet. */
function plannerCells(planner: PlannerScenario | undefined): Cell[] {
  if (planner === undefined || planner.policy === 'static') return [];
  return [{ text: `planner: ${stringify(planner, { collectionStyle: 'flow', lineWidth: 0 }).trim()}`, tone: 'quiet' }];
}

function alternatives({ alternatives: fleets, frontier, best }: PlanDocument): Grid[] {
  if (fleets.length === 0) return [];
  // Kinds that hold, and what more speed would cost.
  const onFrontier = new Set(frontier.map(({ name }) => name));
  const shown = new Map([...frontier, ...fleets].map((fleet) => [fleet.name, fleet]));
  const sorted = [...shown.values()].sort((a, b) => a.usdPerHour - b.usdPerHour);
  const kept = sorted.filter(({ name }) => onFrontier.has(name) || name === best?.name);
  for (const fleet of sorted) if (kept.length < MOST_ROWS && !kept.includes(fleet)) kept.push(fleet);
  const row = (fleet: EvaluatedFleet): Cell[] => [
    { text: fleet.name, ...(fleet.name === best?.name ? { tone: 'good' as const } : {}) },
    { text: onFrontier.has(fleet.name) ? '*' : '' },
    { text: count(fleet.gpus) },
    { text: dollars(fleet.usdPerHour) },
    ...FIGURE_COLUMNS.map(({ cell }) => cell(fleet)),
  ];
  const rows = kept.sort((a, b) => a.usdPerHour - b.usdPerHour).map(row);
  const head = ['fleets that hold', '*', 'GPUs', '$/h', ...FIGURE_COLUMNS.map((column) => column.head)];
  return [{ kind: 'grid', words: 2, head, rows }];
}

function background({ space, search, frontier, notes, simulation, version }: PlanDocument): Facts {
  const { kinds, fleets, ruledOutByBounds, excluded } = space;
  const more = excluded.length - MOST_EXCLUDED;
  return {
    kind: 'facts',
    facts: [
      {
        label: '*',
        lines: frontier.length > 0 ? [{ text: LEGEND, tone: 'quiet' as const }] : [],
      },
      { label: 'warning', lines: notes.map((text): Cell => ({ text, tone: 'warning' })) },
      {
        label: 'searched',
        lines: [
          {
            text: `${counted(fleets, 'fleet')} of ${counted(kinds, 'kind')}: ${count(ruledOutByBounds)} ruled out by arithmetic, ${count(search.evaluations)} simulated to find the answer`,
            tone: 'quiet' as const,
          },
        ],
      },
      {
        label: 'left out',
        lines: [
          ...excluded
            .slice(0, MOST_EXCLUDED)
            .map(({ kind, reason }): Cell => ({ text: `${kind}: ${reason.split(': ')[0]}`, tone: 'quiet' })),
          ...(more > 0 ? [{ text: `and ${count(more)} more`, tone: 'quiet' as const }] : []),
        ],
      },
      {
        label: 'simulation',
        lines: [
          {
            text: `${counted(search.simulations, 'simulation')} in ${latency(simulation.wallSeconds * 1000)}, goodput ${version}`,
            tone: 'quiet' as const,
          },
        ],
      },
    ].filter(({ lines }) => lines.length > 0),
  };
}
