import { existsSync, readFileSync } from 'node:fs';

/** Where the build puts the bundle of `client/`: beside this file, or under `dist/` while running from sources. */
const PLACES = ['./client.js', '../../../dist/report/html/client.js'];

let script: string | undefined;

/** The script of the page; it cannot end the element that it stands in. */
export function clientScript(): string {
  const place = PLACES.map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url));
  if (script === undefined && place !== undefined)
    script = readFileSync(place, 'utf8').replaceAll('</script', '<\\/script').trim();
  return script ?? '';
}
