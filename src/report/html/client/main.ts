import { offerDownload } from './downloads.js';
import { followLegends } from './legends.js';
import { makeSortable } from './sorting.js';
import { exploreSweeps } from './sweeps.js';
import { switchTheme } from './theme.js';
import { showTips } from './tips.js';
import { zoomTimelines } from './zoom.js';
import { zoomCharts } from './zoom-charts.js';

// Everything here is an extra: the page says the same where no script runs.
document.documentElement.classList.add('js');
switchTheme();
zoomTimelines();
zoomCharts();
for (const table of document.querySelectorAll<HTMLTableElement>('table')) {
  makeSortable(table);
  offerDownload(table);
}
exploreSweeps();
showTips();
followLegends();
