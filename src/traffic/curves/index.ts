import { InputError } from '../../scenario/input-error.js';
import { parseSeconds } from '../../scenario/quantities.js';
import type { RateCurveChoice } from '../../scenario/traffic-schema.js';
import { shorten } from '../csv-column.js';
import { CsvRows } from '../csv-rows.js';
import type { OpenFile } from '../lines.js';
import { diurnal } from './diurnal.js';
import { ramp } from './ramp.js';
import type { CurveShape } from './rate-curve.js';
import { spike } from './spike.js';
import { lines, steps } from './steps.js';

/**
 * The rate curve that a scenario asks for. A new one is a file in this folder and a case here.
 *
 * @param openFile opens the file of a curve that comes from one
 * @example
 * const curve = new RateCurve(curveShape({ shape: 'ramp', from: 0.1, over: 600 }, openFile));
 */
export function curveShape(choice: RateCurveChoice, openFile: OpenFile): CurveShape {
  switch (choice.shape) {
    case 'diurnal': {
      const { hours, swing, peak, week, start } = choice;
      return diurnal(hours === undefined ? { swing, peakSeconds: peak } : { hours }, week, start);
    }
    case 'steps':
      return steps(choice.levels, choice.period);
    case 'ramp':
      return ramp(choice.from, choice.over);
    case 'spike':
      return spike(choice.factor, choice.at, choice.lasts, choice.every);
    case 'file': {
      const levels = readLevels(openFile(choice.file), choice.file, choice.time, choice.level);
      const last = levels[levels.length - 1][0];
      const period = choice.period ?? (levels.length > 1 ? 2 * last - levels[levels.length - 2][0] : 0);
      if (period <= last) {
        throw new InputError({
          message: 'the curve has no length: a single time, or a period that ends before its last time',
          file: choice.file,
          found: `last time ${last} s`,
          hint: 'give period',
        });
      }
      return choice.join === 'lines' ? lines(levels, period) : steps(levels, period);
    }
  }
}

/** Times (seconds, or with a unit) and levels from two columns of a CSV file. */
function readLevels(chunks: Iterable<string>, file: string, time: string, level: string): [number, number][] {
  const rows = new CsvRows(chunks, file);
  const [timeAt, levelAt] = rows.columns([time, level]);
  const levels: [number, number][] = [];
  let sum = 0;
  while (rows.next()) {
    const timeText = rows.fields[timeAt].trim();
    const levelText = rows.fields[levelAt].trim();
    const seconds = parseSeconds(timeText) ?? Number.NaN;
    const value = levelText === '' ? Number.NaN : Number(levelText);
    if (!Number.isFinite(seconds)) rows.fail(`column "${time}" holds no time`, shorten(timeText), 'such as 90 or 15m');
    if (!(Number.isFinite(value) && value >= 0)) {
      rows.fail(`column "${level}" holds no level`, shorten(levelText), 'a number, at least 0');
    }
    if (levels.length === 0 ? seconds !== 0 : seconds <= levels[levels.length - 1][0]) {
      rows.fail('times must rise, from 0 on', shorten(timeText));
    }
    levels.push([seconds, value]);
    sum += value;
  }
  if (levels.length === 0) throw new InputError({ message: 'the file has a header but no rows', file });
  if (sum === 0) throw new InputError({ message: 'the curve is 0 everywhere', file });
  return levels;
}
