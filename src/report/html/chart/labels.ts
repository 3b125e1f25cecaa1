import { textWidth } from './text.js';

/** A text that belongs to a mark. */
export interface Anchor {
  text: string;
  /** Middle of the mark. */
  x: number;
  y: number;
  /** Half of the mark's width and height, its bars of uncertainty included. */
  reach: number;
  rise?: number;
}

export interface PlacedLabel {
  text: string;
  x: number;
  y: number;
  align: 'start' | 'middle' | 'end';
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const HEIGHT = 14;
const AWAY = 5;
/** A label that would hide more marks than this is left out, but for the first. */
const MOST_HIDDEN = 1;

/**
 * Finds places for labels beside their marks where they cover neither each other nor other marks. A label for which there
 * is none is left out: hovering and the table beside the chart name its mark. Earlier labels have the first choice.
 *
 * @param marks other things to keep clear of
 * @param bounds where labels may be
 */
export function placeLabels(
  anchors: readonly Anchor[],
  marks: readonly { x: number; y: number; radius: number }[],
  bounds: Box,
): PlacedLabel[] {
  const taken: Box[] = [];
  return anchors.flatMap((anchor) => {
    const options = candidates(anchor)
      .map((label) => ({ label, box: boxOf(label) }))
      .filter(({ box }) => inside(box, bounds) && !taken.some((other) => overlap(box, other)));
    const [best] = options
      .map((option) => ({ ...option, hidden: marks.filter((mark) => covers(option.box, mark)).length }))
      .sort((a, b) => a.hidden - b.hidden);
    if (best === undefined || (taken.length > 0 && best.hidden > MOST_HIDDEN)) return [];
    taken.push(best.box);
    return [best.label];
  });
}

/** Right of the mark, left of it, above and below, then further away. */
function candidates({ text, x, y, reach, rise = reach }: Anchor): PlacedLabel[] {
  const [right, left] = [x + reach + AWAY, x - reach - AWAY];
  const [above, below] = [y - rise - AWAY - HEIGHT / 2, y + rise + AWAY + HEIGHT / 2];
  const near = [0, -10, 10, -20, 20].flatMap((dy): PlacedLabel[] => [
    { text, x: right, y: y + dy, align: 'start' },
    { text, x: left, y: y + dy, align: 'end' },
  ]);
  const over = [above, below, above - HEIGHT, below + HEIGHT].flatMap((at): PlacedLabel[] => [
    { text, x, y: at, align: 'middle' },
    { text, x: x + 2, y: at, align: 'start' },
    { text, x: x - 2, y: at, align: 'end' },
  ]);
  return [...near.slice(0, 2), ...over.slice(0, 6), ...near.slice(2), ...over.slice(6)];
}

function boxOf({ text, x, y, align }: PlacedLabel): Box {
  const width = textWidth(text);
  const left = align === 'start' ? x : align === 'end' ? x - width : x - width / 2;
  return { left, right: left + width, top: y - HEIGHT / 2, bottom: y + HEIGHT / 2 };
}

function inside(box: Box, bounds: Box): boolean {
  return box.left >= bounds.left && box.right <= bounds.right && box.top >= bounds.top && box.bottom <= bounds.bottom;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function covers(
  { left, right, top, bottom }: Box,
  { x, y, radius }: { x: number; y: number; radius: number },
): boolean {
  return x > left - radius && x < right + radius && y > top - radius && y < bottom + radius;
}
