import type { ResultDocument } from '../../../experiment/result.js';
import { markup } from '../markup.js';
import type { Section } from '../report.js';
import { type Targets, timelineCharts, wholeRun } from '../timeline.js';

/** Goodput, queue, latency and use over time; nothing where the result has no time series. */
export function timeSeriesSection(document: ResultDocument): Section[] {
  const { timeSeries } = document;
  if (timeSeries === null || timeSeries === undefined || timeSeries.edges.length < 3) return [];
  return [
    {
      title: 'Over time',
      controls: markup`<p class="controls js-only" data-timeline>Drag across a chart to look closer.
<button type="button" data-time="in">Zoom in</button><button type="button" data-time="out">Zoom out</button><button type="button" data-time="earlier">Earlier</button><button type="button" data-time="later">Later</button><button type="button" data-time="all">All of it</button></p>`,
      charts: timelineCharts(timeSeries, targetsOf(document.scenario.traffic), wholeRun(timeSeries)),
    },
  ];
}

/** The targets of the only class. */
export function targetsOf(
  traffic: readonly { slo: { ttft?: number | undefined; tpot?: number | undefined } }[],
): Targets {
  if (traffic.length !== 1) return {};
  const [{ slo }] = traffic;
  return {
    ttftMs: slo.ttft === undefined ? undefined : slo.ttft * 1000,
    tpotMs: slo.tpot === undefined ? undefined : slo.tpot * 1000,
  };
}
