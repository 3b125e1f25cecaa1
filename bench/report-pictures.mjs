// Draws docs/img/report-comparison.png and report-sweep.png of the README: reports of the shipped scenarios, seen in Chromium.
//   npm run build && node bench/report-pictures.mjs
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { installedBrowser } from '../dist/report/html/png.js';

const folder = mkdtempSync(join(tmpdir(), 'goodput-pictures-'));
// A sweep ends with 1 where points miss what is expected of them.
const goodput = (...words) => {
  const { status } = spawnSync('npx', ['goodput', ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0 && status !== 1) throw new Error(`goodput ${words[0]} ended with ${status}`);
};
try {
  const browser = await chromium.launch({
    executablePath: installedBrowser(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const picture = async (results, colorScheme, file, clip) => {
    goodput('report', results, '--quiet');
    const page = await browser.newPage({ viewport: { width: 1240, height: clip.height }, colorScheme });
    await page.goto(pathToFileURL(join(results, 'report.html')).href);
    const top = clip.from === undefined ? 0 : (await page.locator(clip.from).boundingBox()).y;
    await page.screenshot({ path: file, fullPage: true, clip: { x: 0, y: top, width: 1240, height: clip.height } });
    await page.close();
  };
  goodput('compare', 'scenarios/hopper-vs-blackwell.yaml', '--out', join(folder, 'fleets'), '--quiet');
  await picture(join(folder, 'fleets'), 'light', 'docs/img/report-comparison.png', { height: 1060 });
  goodput('sweep', 'scenarios/sweeps/thousand-fleets.yaml', '--out', join(folder, 'sweep'), '--quiet');
  await picture(join(folder, 'sweep'), 'dark', 'docs/img/report-sweep.png', { from: '.part', height: 1080 });
  copyFileSync(join(folder, 'fleets', 'curve.svg'), 'docs/img/hopper-vs-blackwell.svg');
  await browser.close();
} finally {
  rmSync(folder, { recursive: true });
}
