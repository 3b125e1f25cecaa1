import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileJsonSchema, fileSchemaNames } from '../scenario/json-schema.js';

// Build step: writes the JSON Schemas of the files that users write next to the compiled program, where package.json exports them.
for (const name of fileSchemaNames) {
  const target = fileURLToPath(new URL(`../${name}.schema.json`, import.meta.url));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, `${JSON.stringify(fileJsonSchema(name), null, 2)}\n`);
}
