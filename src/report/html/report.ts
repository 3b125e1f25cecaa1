import type { Tone } from '../layout.js';
import type { ScatterOptions } from './chart/scatter.js';
import type { Markup } from './markup.js';

/** A cell of a table; `value` is what a download holds and what rows are sorted by. */
export interface DataCell {
  text: string;
  value?: number | string | null;
  tone?: Tone | undefined;
}

/** Rows and columns, with the unit of each column's raw values. */
export interface DataTable {
  /** Name of a download, and anchor. */
  name: string;
  title: string;
  head: readonly { label: string; unit?: string; words?: boolean }[];
  rows: readonly (readonly DataCell[])[];
}

/** A chart with the same figures as a table beside it. */
export interface ChartFigure {
  /** As `--chart` takes it. */
  name: string;
  title: string;
  /** How to read it. */
  note: string;
  svg: Markup;
  /** What the drawing was made from, where a reader may look closer. */
  source?: ScatterOptions;
  /** As wide as the page. */
  wide?: boolean;
  table?: DataTable;
}

/** One big number. */
export interface Tile {
  label: string;
  value: string;
  /** Interval, unit or what it is compared with. */
  note?: string;
  tone?: Tone | undefined;
}

/** A statement with one word for what it is about. */
export interface Statement {
  label: string;
  text: string;
  tone?: Tone | undefined;
}

/** One part of a report below its first screen. */
export interface Section {
  title: string;
  intro?: string;
  /** Controls and places for what a script draws. */
  controls?: Markup;
  charts?: readonly ChartFigure[];
  tables?: readonly DataTable[];
  statements?: readonly Statement[];
}

/** What a report says, whatever it is printed on. */
export interface Report {
  kind: 'run' | 'comparison' | 'sweep' | 'plan' | 'sensitivity';
  title: string;
  /** The answer in one sentence. */
  headline: string;
  tone: Tone | undefined;
  /** What else belongs to the answer. */
  reasons: readonly string[];
  tiles: readonly Tile[];
  /** In place of tiles, where several things are set side by side. */
  glance?: DataTable;
  /** How sure that is. */
  sureness: readonly Statement[];
  assumptions: readonly Statement[];
  sections: readonly Section[];
  version: string;
  /** Where it is not USD. */
  currency?: string;
  /** What scripts need, and what a reader may want to keep. */
  data: unknown;
}

/** All charts of a report, by the order of their sections. */
export function chartsOf({ sections }: Report): ChartFigure[] {
  return sections.flatMap(({ charts = [] }) => [...charts]);
}
