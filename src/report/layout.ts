/** How a text should strike the reader. */
export type Tone = 'good' | 'bad' | 'warning' | 'quiet';

export interface Cell {
  text: string;
  tone?: Tone;
  /** Path of a file that the text is about, for formats that have links. */
  link?: string;
}

/** Figures in rows and columns. */
export interface Grid {
  kind: 'grid';
  /** Columns at the left that hold words; default 1. */
  words?: number;
  head: readonly string[];
  rows: readonly (readonly Cell[])[];
}

/** Statements, each with one word for what it is about. */
export interface Facts {
  kind: 'facts';
  facts: readonly { label: string; lines: readonly Cell[] }[];
}
