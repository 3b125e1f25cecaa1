import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scenarioJsonSchema } from '../scenario/json-schema.js';

// Build step: writes the JSON Schema of scenario files next to the compiled program, where package.json exports it.
const target = fileURLToPath(new URL('../scenario.schema.json', import.meta.url));
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
