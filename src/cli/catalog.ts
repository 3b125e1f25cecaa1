import type { Argv } from 'yargs';
import { type CatalogKind, catalogEntries, catalogKinds, renderCatalog } from '../report/catalog.js';
import { InputError } from '../scenario/input-error.js';
import { didYouMean } from '../scenario/suggest.js';
import { defineCommand, EXIT } from './command.js';
import { type Io, print, wantsColor } from './io.js';

interface CatalogOptions {
  kind: string | undefined;
  format: 'table' | 'json';
}

/** `goodput catalog`: what a scenario can name, and where its figures come from. */
export const catalogCommand = defineCommand({
  usage: 'catalog [kind]',
  describe: 'List the GPUs, models, stacks and prices that a scenario can name',
  builder: (yargs: Argv) =>
    yargs
      .positional('kind', { type: 'string', describe: `${catalogKinds.join(', ')} [default: all of them]` })
      .option('format', {
        choices: ['table', 'json'] as const,
        default: 'table' as const,
        describe: 'What is printed',
      })
      .example('$0 catalog gpus', 'memory, bandwidth and FLOP/s, with sources'),
  run,
});

async function run(options: CatalogOptions, io: Io): Promise<number> {
  const kinds = options.kind === undefined ? catalogKinds : [kindOf(options.kind)];
  await print(io.stdout, options.format === 'json' ? asJson(kinds) : asTables(kinds, io));
  return EXIT.fine;
}

function kindOf(name: string): CatalogKind {
  const kind = catalogKinds.find((candidate) => candidate === name.toLowerCase());
  if (kind !== undefined) return kind;
  throw new InputError({
    message: 'the catalog has no such kind',
    found: JSON.stringify(name),
    allowed: catalogKinds.join(', '),
    hint: didYouMean(name, catalogKinds),
  });
}

/** One kind gives its entries by name, all of them give the kinds by name. */
function asJson(kinds: readonly CatalogKind[]): string {
  const value =
    kinds.length === 1
      ? catalogEntries(kinds[0])
      : Object.fromEntries(kinds.map((kind) => [kind, catalogEntries(kind)]));
  return `${JSON.stringify(value, null, 2)}\n`;
}

function asTables(kinds: readonly CatalogKind[], io: Io): string {
  const color = wantsColor(io.stdout, io.env);
  return kinds.map((kind) => renderCatalog(kind, { color })).join('\n');
}
