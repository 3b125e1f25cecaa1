import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { InputError } from '../../scenario/input-error.js';
import { makeFolder, writeProblem } from '../atomic-file.js';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
  '--force-device-scale-factor=2',
];
const PATIENCE_MS = 60_000;

/** The Chromium that is installed: `CHROMIUM` in the environment, or where Linux distributions put it. */
export function installedBrowser(): string | undefined {
  return [process.env.CHROMIUM, ...BROWSERS].find((path) => path !== undefined && existsSync(path));
}

/**
 * Draws a chart into a PNG at twice its size, with an installed Chromium; a drawing library would be a binary for each platform.
 *
 * @throws InputError where there is no browser, or the file cannot be written
 */
export async function writePng(file: string, svg: string): Promise<void> {
  const browser = installedBrowser();
  if (browser === undefined) {
    throw new InputError({
      message: 'a PNG needs Chromium, and none is installed',
      hint: 'install it (apt-get install chromium), name one in CHROMIUM, or take --format svg',
    });
  }
  const [, width = '640', height = '340'] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'goodput-'));
  try {
    const source = join(folder, 'chart.svg');
    const drawn = join(folder, 'chart.png');
    writeFileSync(source, svg);
    const own = [`--user-data-dir=${join(folder, 'profile')}`, `--window-size=${width},${height}`];
    await promisify(execFile)(browser, [...FLAGS, ...own, `--screenshot=${drawn}`, pathToFileURL(source).href], {
      timeout: PATIENCE_MS,
    });
    try {
      makeFolder(join(file, '..'));
      copyFileSync(drawn, file);
    } catch (error) {
      throw writeProblem(file, error);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
