// Draws docs/img/quickstart.svg, the table of the README, from a run of scenarios/quickstart.yaml:
//   npm run build && node bench/quickstart-picture.mjs > docs/img/quickstart.svg
import { loadScenario } from '../dist/experiment/load-scenario.js';
import { simulate } from '../dist/experiment/simulate.js';
import { formats } from '../dist/report/index.js';

const FILE = 'scenarios/quickstart.yaml';
const CHARACTER = 8.43;
const LINE = 19;
const INKS = {
  1: 'font-weight="bold"',
  2: 'fill="#8b949e"',
  31: 'fill="#ff7b72"',
  32: 'fill="#7ee787"',
  33: 'fill="#d29922"',
};

const table = formats.table(simulate(loadScenario(FILE).scenario), { color: true });
const lines = ['', ...table.trimEnd().split('\n')];
const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const runs = [];
let columns = 0;
lines.forEach((line, row) => {
  let column = 0;
  let ink = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal begin with one
  for (const part of line.split(/(\u001b\[\d+m)/)) {
    const code = /\[(\d+)m/.exec(part);
    if (code !== null) ink = INKS[code[1]] ?? '';
    else {
      // Words far apart are set on their own, so that they stay in their columns whatever the font.
      for (const { 0: text, index } of part.matchAll(/\S+(?: \S+)*/g)) {
        const x = (20 + CHARACTER * (column + index)).toFixed(1);
        const length = (CHARACTER * text.length).toFixed(1);
        runs.push(`<text x="${x}" y="${38 + LINE * row}" textLength="${length}" ${ink}>${escaped(text)}</text>`);
      }
      column += part.length;
    }
  }
  columns = Math.max(columns, column);
});
const width = Math.ceil(40 + CHARACTER * columns);
const height = 48 + LINE * lines.length;
process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="goodput run ${FILE}">
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="14" fill="#e6edf3">
<text x="20" y="30" fill="#8b949e">$ npx goodput run ${FILE}</text>
${runs.join('\n')}
</g>
</svg>
`);
