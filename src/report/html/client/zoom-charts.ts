import { PLOT, type ScatterOptions, scatter, scatterScales } from '../chart/scatter.js';
import type { ChartZoom } from '../sweep-view.js';
import { redraw } from './drawings.js';

/** A shorter way of the pointer is a click. */
const SHORTEST_DRAG = 8;
const SVG = 'http://www.w3.org/2000/svg';

interface Place {
  x: number;
  y: number;
}

/** Drag a box across a chart of points to look closer. Sweeps look after theirs themselves. */
export function zoomCharts(): void {
  for (const script of document.querySelectorAll('figure script.source')) {
    const drawing = script.closest('figure')?.querySelector<HTMLElement>('.drawing');
    if (drawing === null || drawing === undefined) continue;
    const source = JSON.parse(script.textContent ?? '') as ScatterOptions;
    let shown = source;
    followBoxes(
      drawing,
      () => shown,
      (zoom) => {
        shown = { ...source, x: { ...source.x, domain: zoom?.x }, y: { ...source.y, domain: zoom?.y } };
        redraw(drawing, scatter(shown).text);
      },
    );
  }
}

/**
 * Calls back with the part of a chart that a box was drawn around; with nothing where all of it is wanted again.
 *
 * @param current the chart as it is shown
 */
export function followBoxes(
  drawing: HTMLElement,
  current: () => ScatterOptions,
  show: (zoom: ChartZoom | undefined) => void,
): void {
  const back = wayBack(drawing);
  const zoomTo = (a: Place, b: Place) => {
    const { x, y } = scatterScales(current());
    const ends = (one: number, other: number) => [Math.min(one, other), Math.max(one, other)] as const;
    back.hidden = false;
    show({ x: ends(x.value(a.x), x.value(b.x)), y: ends(y.value(a.y), y.value(b.y)) });
  };
  const all = () => {
    back.hidden = true;
    show(undefined);
  };
  let start: Place | undefined;
  drawing.classList.add('zoomable');
  drawing.addEventListener('pointerdown', (event) => {
    const onLegend = event.target instanceof Element && event.target.closest('.legend') !== null;
    if (event.pointerType !== 'touch' && event.button === 0 && !onLegend) start = placeOf(event, drawing);
  });
  addEventListener('pointermove', (event) => {
    if (start !== undefined) drawBox(drawing, start, placeOf(event, drawing));
  });
  addEventListener('pointerup', (event) => {
    if (start === undefined) return;
    const [from, to] = [start, placeOf(event, drawing)];
    start = undefined;
    drawing.querySelector('.selection')?.remove();
    if (far(from.x, to.x) && far(from.y, to.y)) zoomTo(from, to);
  });
  drawing.addEventListener('dblclick', all);
  back.addEventListener('click', all);
  drawing.addEventListener('keydown', ({ key }) => {
    const [width, height] = [PLOT.right - PLOT.left, PLOT.base - PLOT.top];
    if (key === '+') {
      zoomTo(
        { x: PLOT.left + width / 4, y: PLOT.top + height / 4 },
        { x: PLOT.right - width / 4, y: PLOT.base - height / 4 },
      );
    }
    if (key === '-') all();
  });
}

/** The button that shows all again, hidden as long as all is shown. */
function wayBack(drawing: HTMLElement): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'back';
  button.textContent = 'Whole chart';
  button.hidden = true;
  drawing.closest('figure')?.querySelector('figcaption')?.append(button);
  return button;
}

function far(a: number, b: number): boolean {
  return Math.abs(a - b) >= SHORTEST_DRAG;
}

/** Where a pointer is, in units of the drawing and inside of its axes. */
function placeOf({ clientX, clientY }: MouseEvent, drawing: HTMLElement): Place {
  const svg = drawing.querySelector<SVGSVGElement>('svg');
  const inverse = svg?.getScreenCTM()?.inverse();
  const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(inverse);
  return { x: between(x, PLOT.left, PLOT.right), y: between(y, PLOT.top, PLOT.base) };
}

function between(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function drawBox(drawing: HTMLElement, a: Place, b: Place): void {
  const svg = drawing.querySelector('svg');
  let box = drawing.querySelector('.selection');
  if (box === null) {
    box = document.createElementNS(SVG, 'rect');
    box.setAttribute('class', 'selection');
    svg?.append(box);
  }
  box.setAttribute('x', String(Math.min(a.x, b.x)));
  box.setAttribute('y', String(Math.min(a.y, b.y)));
  box.setAttribute('width', String(Math.abs(a.x - b.x)));
  box.setAttribute('height', String(Math.abs(a.y - b.y)));
}
