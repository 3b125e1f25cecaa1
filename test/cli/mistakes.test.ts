import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodput } from './harness.js';

/** Valid as it stands; each mistake below spoils one thing. */
const GOOD = `horizon: { requests: 50 }
traffic:
  - arrivals: { process: poisson, rate: 5/s }
    input: { distribution: fixed, value: 100 }
    output: { distribution: fixed, value: 10 }
factory:
  model: llama-3.1-70b
  pools:
    - { gpu: h200-sxm, parallelism: { tp: 4 } }
`;
const TRACED = GOOD.replace(/arrivals: .*\n.*\n.*\n/, 'arrivals: { process: trace, file: FILE }\n').replace(
  /horizon.*\n/,
  '',
);

const HEADER = 'TIMESTAMP,ContextTokens,GeneratedTokens\n';
const FILES: Record<string, string | Buffer> = {
  'good.csv': `${HEADER}2023-11-16 18:17:03.9799600,100,10\n`,
  'empty.csv': '',
  'header-only.csv': HEADER,
  'broken-line.csv': `${HEADER}2023-11-16 18:17:03.9799600,100,10\n2023-11-16 18:17:04.0319600,31x,8\n`,
  'short-line.csv': `${HEADER}2023-11-16 18:17:03.9799600,100\n`,
  'backwards.csv': `${HEADER}2023-11-16 18:17:04.0000000,100,10\n2023-11-16 18:17:03.0000000,100,10\n`,
  'binary.csv': Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 0]),
  'steps.csv': 'kind,batch,context,tokens,ms\ndecode,1,1024,,minus\n',
  'binary.yaml': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1]),
  'empty.yaml': '',
  'list.yaml': '- 1\n- 2\n',
};

const set = (...overrides: string[]) => overrides.flatMap((override) => ['--set', override]);
const good = (...overrides: string[]) => ['good.yaml', ...set(...overrides)];
const traced = (file: string) => ['traced.yaml', ...set(`traffic[0].arrivals.file=${file}`)];
const text = (from: string, to: string) => ({ text: GOOD.replace(from, to) });

/** What is wrong, how to bring it about, and what the message must hold. */
const MISTAKES: [string, string[] | { text: string }, RegExp][] = [
  ['a typo in a key', text('pools', 'pool'), /:8:3: factory\.pool: unknown key.*did you mean "pools"/],
  ['a typo in a nested key', text('{ tp: 4 }', '{ pt: 4 }'), /parallelism\.pt: unknown key/],
  ['a negative rate', text('5/s', '-5/s'), /:3:\d+: traffic\[0\]\.arrivals\.rate: .*found "-5\/s"/],
  ['a rate of zero', good('traffic[0].arrivals.rate=0'), /out of range/],
  ['a rate without a number', good('traffic[0].arrivals.rate=fast'), /found "fast".*12\/s/],
  ['a wrong unit', good('traffic[0].arrivals.rate=5GB'), /12\/s/],
  ['not a number', good('traffic[0].arrivals.rate=.nan'), /traffic\[0\]\.arrivals\.rate/],
  ['an unknown process', good('traffic[0].arrivals.process=poison'), /did you mean "poisson"/],
  ['an unknown GPU', text('h200-sxm', 'h20-sxm'), /unknown GPU \(found "h20-sxm".*did you mean "h200-sxm"/],
  ['an unknown model', good('factory.model=llama-3.1-71b'), /unknown model.*did you mean "llama-3.1-70b"/],
  ['an unknown precision', good('factory.precision=fp3'), /fp8/],
  ['an unknown price book', good('economics.prices=rental-2027'), /unknown price book/],
  ['a model that does not fit', good('factory.model=deepseek-r1'), /does not fit/],
  [
    'tp that does not divide the heads',
    good('factory.pools[0].parallelism.tp=3'),
    /tp must divide the 64 attention heads/,
  ],
  ['more stages than layers', good('factory.pools[0].parallelism.pp=81'), /80 layers/],
  ['experts where there are none', good('factory.pools[0].parallelism.attentionDp=2'), /attentionDp/],
  ['no replicas', good('factory.pools[0].replicas=0'), /replicas/],
  ['half a replica', good('factory.pools[0].replicas=1.5'), /whole number/],
  ['1e308 requests', good('horizon.requests=1e308'), /out of range \(found 1e\+308/],
  ['two horizons', good('horizon.duration=1h'), /either duration or requests/],
  ['a warm-up as long as the run', good('horizon={ duration: 1m, warmup: 1m }'), /must be shorter than duration/],
  [
    'an hour of 1e9 requests per second',
    good('horizon={ duration: 1h }', 'traffic[0].arrivals.rate=1e9/s'),
    /at most 1e9/,
  ],
  ['a budget below the batch', good('factory.pools[0].batching.maxBatchedTokens=16'), /maxSequences/],
  ['no lengths', good('traffic[0].input='), /traffic\[0\]\.input: is missing/],
  ['min above max', good('traffic[0].input={ distribution: uniform, min: 9, max: 3 }'), /at least min/],
  [
    'an expectation on nothing',
    good('expect=[{ metric: goodput.atainment, min: 1 }]'),
    /did you mean "goodput\.attainment"/,
  ],
  ['YAML that is none', text('{ requests: 50 }', '{ requests: 50'), /not valid YAML/],
  ['a tab', text('  model', '\tmodel'), /tab/],
  ['a key twice', { text: `${GOOD}factory: {}\n` }, /twice|duplicate|unique/i],
  ['an empty file', ['empty.yaml'], /empty/],
  ['a list', ['list.yaml'], /mapping|keys|list/],
  ['a binary file', ['binary.yaml'], /not a text file/],
  ['a comparison', { text: 'fleets: []\n' }, /compares several fleets.*goodput compare/],
  ['a missing file', ['god.yaml'], /no such file.*good\.yaml/],
  ['a folder', ['.'], /is a folder/],
  ['a missing trace', traced('nowhere.csv'), /no such file/],
  ['an empty trace', traced('empty.csv'), /holds no request/],
  ['a trace of a header', traced('header-only.csv'), /holds no request/],
  ['a trace with a broken line', traced('broken-line.csv'), /broken-line\.csv:3: .*found "31x"/],
  ['a trace with a short line', traced('short-line.csv'), /short-line\.csv:2: /],
  ['a trace that runs backwards', traced('backwards.csv'), /backwards\.csv:3: /],
  ['a binary trace', traced('binary.csv'), /not a text file/],
  ['a trace that is a folder', traced('.'), /is a folder/],
  [
    'a broken step table',
    good('factory.performance={ type: table, file: steps.csv, kvCapacity: 1000 }'),
    /steps\.csv:2: /,
  ],
  ['an unknown option', ['good.yaml', '--formt', 'json'], /formt/],
  ['an unknown format', ['good.yaml', '--format', 'xml'], /xml/],
  ['records in an unknown format', ['good.yaml', '--records', 'x.xls'], /parquet/],
  [
    'a timeline that goes backwards',
    ['good.yaml', '--trace-events', 't.json', '--trace-window', '9s..2s'],
    /FROM\.\.TO/,
  ],
  ['a timeline without its file', ['good.yaml', '--trace-window', '1s..2s'], /--trace-events FILE/],
];

describe('a mistake in the input', () => {
  let folder: string;
  let previous: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'goodput-mistakes-'));
    previous = process.cwd();
    writeFileSync(join(folder, 'good.yaml'), GOOD);
    writeFileSync(join(folder, 'traced.yaml'), TRACED);
    for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
    process.chdir(folder);
  });
  afterAll(() => {
    process.chdir(previous);
    rmSync(folder, { recursive: true });
  });

  it('is not there in the files that the mistakes are made from', async () => {
    expect((await goodput(['run', 'good.yaml'])).code).toBe(0);
    expect((await goodput(['run', ...traced('good.csv')])).code).toBe(0);
  });

  it.each(MISTAKES)('%s gets one clear message and exit code 2', async (_, how, message) => {
    if (!Array.isArray(how)) writeFileSync(join(folder, 'spoilt.yaml'), how.text);
    const { code, stdout, stderr } = await goodput(['run', ...(Array.isArray(how) ? how : ['spoilt.yaml'])]);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toMatch(/internal error|\n {4}at |undefined|\[object/);
  });
});
