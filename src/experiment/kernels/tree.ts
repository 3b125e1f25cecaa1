import { readdir, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { gpus } from '../../catalog/index.js';

/** A table of kernel timings on disk. */
export interface TableFile {
  readonly path: string;
  /** As in the catalog. */
  readonly gpu: string;
  readonly stack: string;
  /** Name of the table without suffixes: `gemm`, `moe`. */
  readonly table: string;
  /** Of the folder, where the layout has one; else the version inside the table counts. */
  readonly version: string | null;
}

/** AIConfigurator's systems by their name in the catalog. */
const GPU_OF_SYSTEM: Readonly<Record<string, string>> = {
  a100_sxm: 'a100-sxm',
  h100_sxm: 'h100-sxm',
  h200_sxm: 'h200-sxm',
  b200_sxm: 'b200-sxm',
  b300_sxm: 'b300-sxm',
  gb200: 'gb200-nvl72',
  gb200_sxm: 'gb200-nvl72',
  gb300: 'gb300-nvl72',
  gb300_sxm: 'gb300-nvl72',
  l40s: 'l40s',
};

/**
 * Tables under `root`, in two layouts: `<gpu>/<stack>/<table>.parquet`, and AIConfigurator's
 * `<system>/<stack>/<version>/<table>_perf.parquet` (`.txt` holds CSV), whose root may also be its repository. Of several
 * versions of a table the newest counts. Sorted, so that a fit does not depend on the file system.
 */
export async function findTables(root: string): Promise<TableFile[]> {
  const newest = new Map<string, TableFile>();
  for (const path of await filesUnder(resolve(root))) {
    const file = describe(path);
    if (file === null) continue;
    const key = `${file.gpu}/${file.stack}/${file.table}`;
    const present = newest.get(key);
    if (present === undefined || isNewer(file, present)) newest.set(key, file);
  }
  return [...newest.keys()].sort().map((key) => newest.get(key)!);
}

function describe(path: string): TableFile | null {
  const parts = path.split(sep);
  const name = /^(?<table>.+?)(?:_perf)?\.(?:parquet|txt|csv)$/.exec(parts[parts.length - 1]);
  const table = name?.groups?.table;
  if (table === undefined) return null;
  const folders = parts.slice(0, -1);
  // The GPU's folder is the anchor, and may be the root itself or above it.
  const at = folders.findLastIndex((folder) => folder in GPU_OF_SYSTEM || folder in gpus);
  if (at < 0) return null;
  const gpu = GPU_OF_SYSTEM[folders[at]] ?? folders[at];
  const [stack, version = null, ...deeper] = folders.slice(at + 1);
  if (stack === undefined || deeper.length > 0) return null;
  // Some stacks' folders repeat an older table of the library that all of them use.
  if (table === 'nccl' && stack !== 'nccl') return null;
  return { path, gpu, stack, table, version };
}

function isNewer(a: TableFile, b: TableFile): boolean {
  const order = compareVersions(a.version ?? '', b.version ?? '');
  // Parquet replaced the text files of a version.
  return order > 0 || (order === 0 && a.path.endsWith('.parquet'));
}

/** Orders `1.3.0rc5 < 1.3.0rc10 < 1.3.0` and `0.9 < 0.14`: numbers by value, a release after its candidates. */
export function compareVersions(a: string, b: string): number {
  const split = (version: string) => version.match(/\d+|[a-z]+/gi) ?? [];
  const left = split(a);
  const right = split(b);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = rank(left[i]) - rank(right[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function rank(part: string | undefined): number {
  if (part === undefined) return -1;
  if (/^\d/.test(part)) return Number(part);
  return part.startsWith('post') ? 0 : -2;
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const found: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await filesUnder(path)));
    else if (entry.isFile() || (await stat(path)).isFile()) found.push(path);
  }
  return found;
}
