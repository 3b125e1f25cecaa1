import type { ResultDocument } from '../../../experiment/result.js';
import { MARGINS, WIDTH } from '../chart/frame.js';
import { targetsOf } from '../pages/time-series.js';
import { type TimeView, timelineCharts, wholeRun } from '../timeline.js';
import { redraw } from './drawings.js';

/** Least part of the run that can be shown, in intervals. */
const FEWEST = 4;
/** A shorter way of the pointer is a click. */
const SHORTEST_DRAG = 8;

/** Drag across a chart over time to look closer, or use the buttons; all of them show the same stretch. */
export function zoomTimelines(): void {
  for (const controls of document.querySelectorAll<HTMLElement>('[data-timeline]')) {
    const article = controls.closest('article');
    const text = article?.querySelector('script.data')?.textContent;
    if (article === null || text === null || text === undefined) continue;
    const { timeSeries, scenario } = JSON.parse(text) as ResultDocument;
    if (timeSeries === null) continue;
    const whole = wholeRun(timeSeries);
    const targets = targetsOf(scenario.traffic);
    let view = whole;
    const show = (next: TimeView) => {
      view = within(next, whole, timeSeries.intervalSeconds * FEWEST);
      for (const { name, svg } of timelineCharts(timeSeries, targets, view, true)) {
        redraw(article.querySelector(`figure[data-chart="${name}"] .drawing`), svg.text);
      }
    };
    show(whole);
    controls.addEventListener('click', (event) => {
      const step = event.target instanceof HTMLElement ? event.target.dataset.time : undefined;
      const next = step === undefined ? undefined : moved(view, whole, step);
      if (next !== undefined) show(next);
    });
    for (const { name } of timelineCharts(timeSeries, targets, whole)) {
      const drawing = article.querySelector<HTMLElement>(`figure[data-chart="${name}"] .drawing`);
      if (drawing !== null) followDrag(drawing, (from, to) => show({ from: timeAt(from, view), to: timeAt(to, view) }));
    }
  }
}

/** The moment at a share of the drawing's width. */
function timeAt(share: number, { from, to }: TimeView): number {
  const along = (share * WIDTH - MARGINS.left) / (WIDTH - MARGINS.left - MARGINS.right);
  return from + Math.min(1, Math.max(0, along)) * (to - from);
}

function moved({ from, to }: TimeView, whole: TimeView, step: string): TimeView | undefined {
  const size = to - from;
  if (step === 'in') return { from: from + size / 4, to: to - size / 4 };
  if (step === 'out') return { from: from - size / 2, to: to + size / 2 };
  if (step === 'earlier') return { from: from - size / 2, to: to - size / 2 };
  if (step === 'later') return { from: from + size / 2, to: to + size / 2 };
  return step === 'all' ? whole : undefined;
}

/** Inside of the run, and not too short to show anything. */
function within({ from, to }: TimeView, whole: TimeView, shortest: number): TimeView {
  const size = Math.min(whole.to - whole.from, Math.max(shortest, to - from));
  const middle = (from + to) / 2;
  const start = Math.min(Math.max(whole.from, middle - size / 2), whole.to - size);
  return { from: start, to: start + size };
}

/** Calls back with both ends of a drag, as shares of the width. */
function followDrag(drawing: HTMLElement, chosen: (from: number, to: number) => void): void {
  let start: number | undefined;
  const shareAt = (event: MouseEvent) => {
    const { left, width } = drawing.getBoundingClientRect();
    return (event.clientX - left) / width;
  };
  drawing.classList.add('zoomable');
  drawing.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'mouse' && event.button === 0) start = shareAt(event);
  });
  addEventListener('pointerup', (event) => {
    if (start === undefined) return;
    const [from, to] = [start, shareAt(event)].sort((a, b) => a - b);
    start = undefined;
    if ((to - from) * drawing.clientWidth >= SHORTEST_DRAG) chosen(from, to);
  });
}
