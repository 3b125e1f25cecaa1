import { type PointResult, pointLabel } from '../../experiment/sweep/point-result.js';
import type { SweepManifest } from '../sweep/folder.js';
import { FIGURES, numberAt } from './figures.js';

import { type SweepData, type SweepSetting, shortNames } from './sweep-data.js';

/**
 * What a report shows of a sweep. Values are those of the documents, in full precision.
 *
 * @param points all of them, in order
 */
export function sweepData(
  { name, axes, hasVariants }: Pick<SweepManifest, 'name' | 'axes' | 'hasVariants'>,
  points: readonly PointResult[],
): SweepData {
  const ran = points.filter(({ summary }) => summary !== undefined);
  const figures: SweepData['figures'] = {};
  for (const { path } of FIGURES) {
    const values = ran.map(({ summary }) => numberAt(summary, path));
    if (values.some((value) => value !== null)) figures[path] = values;
  }
  const labels = shortNames(axes.map((axis) => axis.name));
  return {
    name,
    settings: [
      ...(hasVariants ? [settingOf('variant', 'variant', ran, ({ variant }) => variant ?? '–')] : []),
      ...axes.map((axis, i) => settingOf(axis.name, labels[i], ran, ({ values }) => values[axis.name])),
    ].filter(({ values }) => values.length > 0),
    figures,
    index: ran.map(({ index }) => index),
    label: ran.map(pointLabel),
    holds: ran.map(({ expectations = [] }) => expectations.every(({ pass }) => pass)),
    failed: points.length - ran.length,
    hasExpectations: ran.some(({ expectations = [] }) => expectations.length > 0),
  };
}

/** Numbers in order of size, other values as they come. */
function settingOf(
  name: string,
  label: string,
  points: readonly PointResult[],
  pick: (point: PointResult) => unknown,
): SweepSetting {
  const found = points.map(pick);
  const distinct = [...new Map(found.map((value) => [textOf(value), value])).values()];
  if (distinct.every((value) => typeof value === 'number')) distinct.sort((a, b) => Number(a) - Number(b));
  const values = distinct.map(textOf);
  const places = new Map(values.map((value, i) => [value, i]));
  return { name, label, values, at: found.map((value) => places.get(textOf(value)) ?? 0) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '–');
}
