import type { Writer } from '../format.js';
import { SERIES } from './chart/frame.js';
import { heatMap } from './chart/heat-map.js';
import { type ParallelAxis, parallel } from './chart/parallel.js';
import type { ScatterOptions } from './chart/scatter.js';
import { figureAt } from './figures.js';
import type { Markup } from './markup.js';
import { paretoFrontier } from './pareto.js';
import type { DataCell, DataTable } from './report.js';
import type { SweepData } from './sweep-data.js';

/** What somebody wants to see of a sweep. Figures are named by their path, settings by `setting:` and their number. */
export interface SweepView {
  x: string;
  y: string;
  /** Number of the setting that colours tell apart; -1 for none. */
  color: number;
  /** Settings of rows and columns of the heat map. */
  rows: number;
  columns: number;
  /** For each setting the one value to keep; -1 for all. */
  keep: readonly number[];
  /** Least share of requests within their SLO. */
  attainment: number;
  /** Leave out what does not hold its expectations. */
  onlyHeld: boolean;
  /** Part of the scatter chart that is shown; all of it otherwise. */
  zoom?: ChartZoom | undefined;
}

/** A part of a chart, by the values at its ends. */
export interface ChartZoom {
  x: readonly [number, number];
  y: readonly [number, number];
}

const COST = 'cost.usdPerMillionGoodOutputTokens';
const SPEED = 'throughput.outputTokensPerSecondPerUser';

/** What is shown first: cost against speed, and the two settings with most values. */
export function firstView({ settings, figures, hasExpectations }: SweepData): SweepView {
  const bySize = settings
    .map((_, i) => i)
    .sort((a, b) => settings[b].values.length - settings[a].values.length || a - b);
  const paths = Object.keys(figures);
  const [columns = 0, rows = columns] = bySize;
  return {
    x: figures[SPEED] === undefined ? (paths[0] ?? '') : SPEED,
    y: figures[COST] === undefined ? (paths[1] ?? paths[0] ?? '') : COST,
    color: settings.findIndex(({ values }) => values.length > 1 && values.length <= SERIES),
    rows,
    columns,
    keep: settings.map(() => -1),
    attainment: 0,
    onlyHeld: hasExpectations,
  };
}

/** Places, in the columns of the data, of the points that a view keeps. */
export function keptPoints({ settings, figures, index, holds }: SweepData, view: SweepView): number[] {
  const attainment = figures['goodput.attainment'];
  return index
    .map((_, i) => i)
    .filter(
      (i) =>
        (!view.onlyHeld || holds[i]) &&
        (view.attainment <= 0 || (attainment?.[i] ?? 0) >= view.attainment) &&
        settings.every(({ at }, s) => view.keep[s] === -1 || view.keep[s] === at[i]),
    );
}

interface ViewAxis {
  label: string;
  write: (value: number) => string;
  format: Writer;
  names?: readonly string[];
  better?: 'more' | 'less';
  value: (i: number) => number | null;
}

/** A figure or a setting as an axis. */
function axisOf({ settings, figures }: SweepData, name: string): ViewAxis {
  if (name.startsWith('setting:')) {
    const setting = settings[Number(name.slice('setting:'.length))];
    return {
      label: setting.label,
      names: setting.values,
      format: 'number',
      write: (value) => setting.values[value] ?? '',
      value: (i) => setting.at[i],
    };
  }
  const { label, write, format, better } = figureAt(name);
  return { label, write, format, better, value: (i) => figures[name]?.[i] ?? null };
}

/** The points on the Pareto frontier of a view, and the axes that it is about. */
function frontierOf(data: SweepData, view: SweepView) {
  const [x, y] = [axisOf(data, view.x), axisOf(data, view.y)];
  const points = keptPoints(data, view).flatMap((i) => {
    const [left, top] = [x.value(i), y.value(i)];
    return left === null || top === null ? [] : [{ i, x: left, y: top }];
  });
  const frontier = x.better === undefined || y.better === undefined ? [] : paretoFrontier(points, x.better, y.better);
  return { x, y, points, frontier };
}

/** Settings that a name along the frontier holds. */
const MOST_NAMED = 3;

/** Names of the points of a frontier, each once: the settings in which they differ, such as `b200-sxm, tp 2, replicas 1`. */
function frontierNames({ settings }: SweepData, points: readonly number[]): Map<number, string> {
  const differing = settings.filter(({ at }) => new Set(points.map((i) => at[i])).size > 1).slice(0, MOST_NAMED);
  const word = ({ label, values, at }: SweepData['settings'][number], i: number) =>
    Number.isFinite(Number(values[at[i]])) ? `${label} ${values[at[i]]}` : values[at[i]];
  const names = points.map((i) => [i, differing.map((setting) => word(setting, i)).join(', ')] as const);
  return new Map(names.filter(([, name], k) => names.findIndex(([, other]) => other === name) === k));
}

/** Every point over the two chosen axes, with the Pareto frontier where both are figures. */
export function sweepScatter(data: SweepData, view: SweepView): ScatterOptions {
  const { x, y, points, frontier } = frontierOf(data, view);
  const onFrontier = new Set(frontier.map(({ i }) => i));
  const names = frontierNames(data, [...onFrontier]);
  const coloring = data.settings[view.color];
  return {
    title: `${y.label} against ${x.label}`,
    x: { label: x.label, format: x.format, names: x.names, domain: view.zoom?.x },
    y: { label: y.label, format: y.format, names: y.names, domain: view.zoom?.y },
    lines: frontier.length > 1 ? [{ points: frontier }] : [],
    points: points.map(({ i, x: left, y: top }) => ({
      x: left,
      y: top,
      series: coloring === undefined ? 0 : coloring.at[i],
      strong: frontier.length === 0 || onFrontier.has(i),
      index: data.index[i],
      ...(onFrontier.has(i) && { label: names.get(i) ?? '' }),
      tip: `point ${data.index[i]}: ${data.label[i]}\n${x.label}: ${x.write(left)}\n${y.label}: ${y.write(top)}${onFrontier.has(i) ? '\non the frontier' : ''}`,
    })),
    legend: coloring === undefined ? [] : coloring.values.map((name, series) => ({ series, name })),
  };
}

/** The chosen figure over two settings; of several points in a cell, the best one. */
export function sweepHeatMap(data: SweepData, view: SweepView): Markup {
  const [columns, rows] = [data.settings[view.columns], data.settings[view.rows]];
  const figure = axisOf(data, view.y);
  const better = figure.better ?? 'less';
  const best = new Map<string, { i: number; value: number }>();
  for (const i of keptPoints(data, view)) {
    const value = figure.value(i);
    if (value === null) continue;
    const cell = `${columns.at[i]}:${view.rows === view.columns ? 0 : rows.at[i]}`;
    const known = best.get(cell);
    if (known === undefined || (better === 'less' ? value < known.value : value > known.value))
      best.set(cell, { i, value });
  }
  return heatMap({
    title: `${figure.label} by ${columns.label} and ${rows.label}`,
    columns: columns.values,
    rows: view.rows === view.columns ? [''] : rows.values,
    columnLabel: columns.label,
    rowLabel: view.rows === view.columns ? figure.label : `${figure.label}, by ${rows.label}`,
    better,
    write: figure.write,
    cells: [...best].map(([cell, { i, value }]) => {
      const [column, row] = cell.split(':').map(Number);
      const tip = `point ${data.index[i]}: ${data.label[i]}\n${figure.label}: ${figure.write(value)}`;
      return { column, row, value, tip, index: data.index[i] };
    }),
  });
}

const PARALLEL_FIGURES = ['goodput.attainment', 'ttftMs.p99', SPEED, 'throughput.outputTokensPerSecondPerGpu', COST];
const MOST_PARALLEL_SETTINGS = 5;

/** Settings and figures of each point as a line; those on the frontier stand out. */
export function sweepParallel(data: SweepData, view: SweepView): Markup {
  const { frontier } = frontierOf(data, view);
  const kept = keptPoints(data, view);
  const onFrontier = new Set(frontier.map(({ i }) => i));
  const settings = data.settings
    .map((setting, i) => ({ setting, i }))
    .filter(({ setting }) => setting.values.length > 1)
    .slice(0, MOST_PARALLEL_SETTINGS);
  const figures = PARALLEL_FIGURES.filter((path) => data.figures[path] !== undefined);
  const axes = [...settings.map(({ i }) => `setting:${i}`), ...figures].map((name): ParallelAxis => {
    const axis = axisOf(data, name);
    const share = axis.format === 'percent';
    return { label: axis.label, write: axis.write, names: axis.names, values: kept.map(axis.value), share };
  });
  const coloring = data.settings[view.color];
  return parallel({
    title: 'Settings and figures of each point',
    axes,
    lines: kept.map((i) => ({
      series: coloring === undefined ? 0 : coloring.at[i],
      strong: onFrontier.has(i),
      index: data.index[i],
      tip: `point ${data.index[i]}: ${data.label[i]}`,
    })),
  });
}

const COLUMNS = [
  COST,
  'cost.usdPerHour',
  'goodput.attainment',
  'ttftMs.p99',
  'tpotMs.p99',
  SPEED,
  'throughput.outputTokensPerSecondPerGpu',
  'energy.joulesPerOutputToken',
];

/** The points that a view keeps, best of its vertical axis first. */
export function sweepTable(data: SweepData, view: SweepView, most: number): DataTable {
  const order = axisOf(data, view.y);
  const sign = order.better === 'more' ? -1 : 1;
  const kept = keptPoints(data, view).sort(
    (a, b) =>
      sign * ((order.value(a) ?? Number.MAX_VALUE * sign) - (order.value(b) ?? Number.MAX_VALUE * sign)) || a - b,
  );
  const paths = COLUMNS.filter((path) => data.figures[path] !== undefined);
  const figures = paths.map(figureAt);
  return {
    name: 'points',
    title: kept.length > most ? `The first ${most} of ${kept.length} points` : `${kept.length} points`,
    head: [
      { label: 'point', words: true },
      ...data.settings.map(({ label }) => ({ label, words: true })),
      ...figures.map(({ label, unit }) => ({ label, unit })),
    ],
    rows: kept.slice(0, most).map((i) => [
      { text: String(data.index[i]), value: data.index[i] },
      ...data.settings.map(({ values, at }): DataCell => ({ text: values[at[i]] })),
      ...figures.map(({ write, path }): DataCell => {
        const value = data.figures[path][i];
        return { text: write(value), value };
      }),
    ]),
  };
}
