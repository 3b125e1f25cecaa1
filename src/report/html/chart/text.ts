/** Widths of characters in em: those of DejaVu Sans, the widest of the fonts that a page asks for, so that nothing is wider. */
const NARROW = /[ijlI.,:;'|!()[\]]/;
const WIDE = /[mwMW%@—…]/;
const UPPER = /[A-Z0-9$+±≤×<>=~–-]/;

/**
 * How wide a text may be, pixels.
 *
 * @param size of the font, pixels
 * @example textWidth('tp 4', 12) // 22.8
 */
export function textWidth(text: string, size = 12): number {
  let em = 0;
  for (const character of text) {
    em += NARROW.test(character)
      ? 0.36
      : character === ' '
        ? 0.32
        : WIDE.test(character)
          ? 0.97
          : UPPER.test(character)
            ? 0.67
            : 0.61;
  }
  return em * size;
}

/** Shortens a name that is longer than a number of characters. */
export function shortened(name: string, most: number): string {
  return name.length <= most ? name : `${name.slice(0, most - 1).trimEnd()}…`;
}

/** Shortens a name that is wider than some pixels. */
export function fitted(name: string, width: number, size = 12): string {
  if (textWidth(name, size) <= width) return name;
  let most = name.length - 1;
  while (most > 1 && textWidth(shortened(name, most), size) > width) most--;
  return shortened(name, most);
}

/** Room for the names of rows at the left of a chart: as much as the longest needs, up to a limit. */
export function nameWidth(rows: readonly { name: string }[], most: number): number {
  return Math.min(most, Math.max(60, ...rows.map(({ name }) => textWidth(name) + 18)));
}
