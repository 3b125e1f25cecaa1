// Replays the published claims and writes down what comes out: the table of the README between its marks, and `verdict` in
// the files. The step times of a new calibration move both; read the diff before you commit it.
// Usage: npm run build && node bench/claims.mjs
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FOLDER = 'scenarios/claims';
const MARKS = ['<!-- claims: written by bench/claims.mjs -->', '<!-- end of claims -->'];

const temporary = mkdtempSync(join(tmpdir(), 'goodput-claims-'));
const table = join(temporary, 'claims.md');
const started = performance.now();
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  ['dist/cli/main.js', 'check', FOLDER, '--format', 'json', '--markdown', table],
  { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] },
);
const report = stdout === '' ? { files: [] } : JSON.parse(stdout);
const broken = report.files.filter((file) => file.claim === undefined);
if (report.files.length === 0 || broken.length > 0) {
  throw new Error(
    [`exit code ${status}`, stderr, ...broken.flatMap(({ path, runs }) => [path, ...runs[0].problems])].join('\n'),
  );
}
console.error(`${((performance.now() - started) / 1000).toFixed(0)} s`);

for (const { path, claim } of report.files) {
  const text = readFileSync(path, 'utf8');
  const changed = text.replace(/^ {2}verdict: .*$/m, `  verdict: ${claim.verdict}`);
  if (changed === text) continue;
  console.error(`${path}: ${claim.expectedVerdict} -> ${claim.verdict}`);
  writeFileSync(path, changed);
}

const markdown = readFileSync(table, 'utf8').split('\n');
rmSync(temporary, { recursive: true });
const first = markdown.findIndex((line) => line.startsWith('| claim '));
const last = markdown.findIndex((line, i) => i > first && !line.startsWith('|'));
const compact = markdown.slice(first, last).map((line) => line.replace(/ {2,}/g, ' ').replace(/-{3,}/g, '---'));
const totals = markdown.find((line) => /^\d+ claims: /.test(line));
const readme = readFileSync('README.md', 'utf8');
const [before, after] = [readme.indexOf(MARKS[0]), readme.indexOf(MARKS[1])];
if (before < 0 || after < before) throw new Error(`README.md lacks ${MARKS.join(' or ')}`);
const block = [MARKS[0], `${totals}.`, '', ...compact, ''].join('\n');
writeFileSync('README.md', readme.slice(0, before) + block + readme.slice(after));
