import { SERIES } from './chart/frame.js';
import { figureAt } from './figures.js';
import { type Child, type Markup, markup } from './markup.js';
import type { SweepData } from './sweep-data.js';
import type { SweepView } from './sweep-view.js';

/** The controls of a sweep; shown only where scripts run. */
export function sweepControls(data: SweepData, view: SweepView): Markup {
  const figures = Object.keys(data.figures).map((path) => ({ value: path, text: figureAt(path).label }));
  const settings = data.settings.map(({ label }, i) => ({ value: String(i), text: label }));
  const axes = [...figures, ...settings.map(({ value, text }) => ({ value: `setting:${value}`, text }))];
  const colors = [
    { value: '-1', text: 'nothing' },
    ...settings.filter((_, i) => data.settings[i].values.length <= SERIES),
  ];
  const keep = data.settings.map(({ label, values }, i) =>
    values.length < 2
      ? null
      : select(
          `keep-${i}`,
          label,
          [{ value: '-1', text: 'all' }, ...values.map((text, at) => ({ value: String(at), text }))],
          '-1',
        ),
  );
  return markup`<form class="controls js-only" data-sweep aria-label="What the charts show">
<fieldset><legend>Axes</legend>${select('x', 'across', axes, view.x)}${select('y', 'up', axes, view.y)}${select('color', 'colour', colors, String(view.color))}</fieldset>
${settings.length < 2 ? null : markup`<fieldset><legend>Heat map</legend>${select('columns', 'columns', settings, String(view.columns))}${select('rows', 'rows', settings, String(view.rows))}</fieldset>`}
<fieldset><legend>Show</legend>${keep}<label>within SLO, at least <input type="number" name="attainment" min="0" max="100" step="any" value="0"> %</label>${data.hasExpectations ? markup`<label><input type="checkbox" name="onlyHeld"${view.onlyHeld ? markup` checked` : null}> only what holds its expectations</label>` : null}<button type="reset">Reset</button><output data-count aria-live="polite"></output></fieldset>
</form>`;
}

function select(
  name: string,
  label: string,
  options: readonly { value: string; text: string }[],
  chosen: string,
): Child {
  return markup`<label>${label} <select name="${name}">${options.map(
    ({ value, text }) =>
      markup`<option value="${value}"${value === chosen ? markup` selected` : null}>${text}</option>`,
  )}</select></label>`;
}
