import { clientScript } from './client-script.js';
import { embedJson, Markup, markup } from './markup.js';
import type { ChartFigure, Report, Section, Statement, Tile } from './report.js';
import { CHART_STYLE, PAGE_STYLE } from './style.js';
import { tableMarkup } from './table-markup.js';

const KINDS: Readonly<Record<Report['kind'], string>> = {
  run: 'One simulated run',
  comparison: 'Comparison of fleets',
  sweep: 'Sweep',
  plan: 'Plan',
  sensitivity: 'Sensitivity',
};

/** A number and its unit stay on one line. */
function together(text: string): string {
  return text.replace(/(\d) (?=(?:%|ms|s|µs|min|h|d|kW|GPUs)(?![\w/]))/g, '$1\u00a0');
}

/**
 * One HTML file that needs nothing else: no network, no other file.
 *
 * @example writeFileSync('report.html', renderPage([runReport(document)]))
 */
export function renderPage(reports: readonly Report[]): string {
  const title = reports.map((report) => report.title).join(', ');
  const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:";
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="goodput ${reports[0]?.version ?? ''}">
<title>${title} – goodput report</title>
<link rel="icon" href="data:,">
<style>${new Markup(PAGE_STYLE + CHART_STYLE)}</style>
</head>
<body>
<div class="bar"><span>goodput report<span class="js-only"> – point at a mark for its values, drag across a chart to look closer (double-click to go back), click a name in a legend to hide it</span></span><button type="button" class="js-only" data-theme-switch aria-label="Switch between light and dark">◐</button></div>
${contents(reports)}<main>
${reports.map(reportMarkup)}
</main>
<footer>Simulated by goodput ${reports[0]?.version ?? ''}. Costs and latencies are predictions; see “How sure is that?”.</footer>
<div id="tip" role="status" hidden></div>
<script>${new Markup(clientScript())}</script>
</body>
</html>
`.text;
}

function contents(reports: readonly Report[]): Markup | null {
  if (reports.length < 2) return null;
  return markup`<nav aria-label="Reports"><ul>${reports.map(({ title, kind }, i) => markup`<li><a href="#report-${i + 1}">${title}</a> (${KINDS[kind].toLowerCase()})</li>`)}</ul></nav>`;
}

function reportMarkup(report: Report, i: number): Markup {
  const { kind, title, headline, tone, reasons, tiles, glance, sureness, assumptions, sections, currency, data } =
    report;
  return markup`<article id="report-${i + 1}" data-kind="${kind}"${currency === undefined ? null : markup` data-currency="${currency}"`}>
<header class="verdict ${tone ?? ''}">
<p class="kind">${KINDS[kind]}</p>
<h1>${title}</h1>
<p class="headline">${together(headline)}</p>
${reasons.length === 0 ? null : markup`<ul>${reasons.map((text) => markup`<li>${together(text)}</li>`)}</ul>`}
</header>
${glance === undefined ? null : markup`<section class="glance">${tableMarkup(glance)}</section>`}
${tiles.length === 0 ? null : markup`<section class="tiles" aria-label="Key figures">${tiles.map(tileMarkup)}</section>`}
<div class="columns">
<section><h2>How sure is that?</h2>${statements(sureness)}</section>
<section><h2>What was assumed</h2>${statements(assumptions)}</section>
</div>
${sections.map(sectionMarkup)}
<script type="application/json" class="data">${embedJson(data)}</script>
</article>`;
}

function tileMarkup({ label, value, note, tone }: Tile): Markup {
  return markup`<div class="tile ${tone ?? ''}"><p class="name">${label}</p><p class="value">${together(value)}</p>${note === undefined ? null : markup`<p class="note">${together(note)}</p>`}</div>`;
}

function statements(all: readonly Statement[]): Markup {
  return markup`<dl>${all.map(
    ({ label, text, tone }) =>
      markup`<div class="${tone ?? ''}"><dt>${label}</dt>${text.split('\n').map((line) => markup`<dd>${together(line)}</dd>`)}</div>`,
  )}</dl>`;
}

function sectionMarkup({ title, intro, controls, charts = [], tables = [], statements: said }: Section): Markup {
  return markup`<section class="part"><h2>${title}</h2>
${intro === undefined ? null : markup`<p>${intro}</p>`}${controls}
${charts.length === 0 ? null : markup`<div class="charts">${charts.map(chartMarkup)}</div>`}
${said === undefined ? null : markup`<div class="said">${statements(said)}</div>`}
${tables.map((table) => markup`<div class="table">${tableMarkup(table)}</div>`)}
</section>`;
}

function chartMarkup({ name, title, note, svg, source, table, wide }: ChartFigure): Markup {
  return markup`<figure data-chart="${name}"${wide === true ? markup` class="wide"` : null}><figcaption><h3>${title}</h3><p>${note}</p></figcaption>
<div class="drawing">${svg}</div>
${source === undefined ? null : markup`<script type="application/json" class="source">${embedJson(source)}</script>`}
${table === undefined ? null : markup`<details><summary>The same as a table</summary>${tableMarkup(table)}</details>`}
</figure>`;
}

const TITLE_HEIGHT = 34;

/** One chart as an SVG file of its own, in light colours, with its title. */
export function chartSvg({ svg, title }: ChartFigure): string {
  const [head = '', x = '0', y = '0', width = '640', height = '340'] =
    /^<svg class="chart" viewBox="(\S+) (\S+) (\S+) (\S+)"/.exec(svg.text) ?? [];
  const [top, whole] = [Number(y) - TITLE_HEIGHT, Number(height) + TITLE_HEIGHT];
  const sized = svg.text
    .slice(head.length)
    .replace(/ width="\d+" height="\d+"/, '')
    .replace(
      '>',
      markup`><style>${new Markup(`${CHART_STYLE}svg{background:#fff}`)}</style><text x="8" y="${top + 22}" style="font-size:16px;font-weight:600">${title}</text>`
        .text,
    );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="${x} ${top} ${width} ${whole}" width="${width}" height="${whole}"${sized}\n`;
}
