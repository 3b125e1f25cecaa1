export { renderMarkdownPage } from './markdown-page.js';
export { chartSvg, renderPage } from './page.js';
export { reportOf, reportOfDocument } from './read-document.js';
export { type ChartFigure, chartsOf, type Report } from './report.js';
