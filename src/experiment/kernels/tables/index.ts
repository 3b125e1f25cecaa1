import type { TableAdapter } from './adapter.js';
import { attentionTables } from './attention.js';
import { collectiveTables } from './collective.js';
import { latentTables } from './latent.js';
import { matrixTables } from './matrix.js';
import { recurrentTables } from './recurrent.js';

/** Every kind of table that curves are fitted to, by name. */
export const tableAdapters: ReadonlyMap<string, TableAdapter> = new Map(
  [...matrixTables, ...attentionTables, ...latentTables, ...collectiveTables, ...recurrentTables].map((adapter) => [
    adapter.table,
    adapter,
  ]),
);
