import { z } from 'zod';
import { comparisonSchema } from './comparison-schema.js';
import { scenarioSchema } from './schema.js';
import { sweepSchema } from './sweep-schema.js';

/** The files that users write, by what they are called. */
const FILES = { scenario: scenarioSchema, sweep: sweepSchema, comparison: comparisonSchema };

export type FileSchemaName = keyof typeof FILES;
export const fileSchemaNames = Object.keys(FILES) as FileSchemaName[];

/**
 * The JSON Schema of a kind of file, for editors and other tools.
 *
 * @example JSON.stringify(fileJsonSchema('sweep'), null, 2)
 */
export function fileJsonSchema(name: FileSchemaName): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(FILES[name], { io: 'input' });
  return { $schema, title: `goodput ${name}`, ...schema };
}
