import type { Argv } from 'yargs';
import { mergeSweepFolders } from '../report/sweep/folder.js';
import { defineCommand } from './command.js';
import type { Io } from './io.js';
import { conclude, SWEEP_FORMATS, type SweepFormat } from './sweep.js';

interface MergeOptions {
  folders: string[];
  out: string;
  format: SweepFormat;
  quiet: boolean;
}

/** `goodput merge`: the shards of a sweep become what one machine would have written. */
export const mergeCommand = defineCommand({
  usage: 'merge <folders..>',
  describe: 'Join the shards of a sweep into one result',
  builder: (yargs: Argv) =>
    yargs
      .positional('folders', { type: 'string', array: true, demandOption: true, describe: 'Folders of all shards' })
      .option('out', { type: 'string', requiresArg: true, demandOption: true, describe: 'Folder for the whole' })
      .option('format', { choices: SWEEP_FORMATS, default: 'table' as SweepFormat, describe: 'What is printed' })
      .option('quiet', { type: 'boolean', default: false, describe: 'No notes' })
      .example('$0 merge shard-1 shard-2 --out results/grid/all', 'after --shard 1/2 and --shard 2/2'),
  run: async (options: MergeOptions, io: Io): Promise<number> => {
    mergeSweepFolders(options.folders, options.out);
    return conclude(options.out, options, io);
  },
});
