import { join } from 'node:path';
import { stringify } from 'yaml';
import type { CapacityDocument, PlanDocument } from '../../experiment/plan/document.js';
import { writeFileAtomic } from '../atomic-file.js';
import { sectionsMarkdown } from '../markdown.js';
import { capacitySections } from './capacity.js';
import { planSections } from './plan.js';

/**
 * Writes `plan.json` (or `capacity.json`), a `summary.md`, and for a plan the `scenario.yaml` of the fleet that it chose.
 *
 * @throws InputError where they cannot be written
 */
export function writePlanFolder(folder: string, document: PlanDocument | CapacityDocument): void {
  writeFileAtomic(join(folder, `${document.kind}.json`), `${JSON.stringify(document, null, 2)}\n`);
  const sections = document.kind === 'plan' ? planSections(document) : capacitySections(document);
  writeFileAtomic(join(folder, 'summary.md'), sectionsMarkdown(sections));
  if (document.kind !== 'plan' || document.best === null) return;
  const { factory, ...scenario } = document.scenario;
  const { planner } = document.best;
  const chosen = { ...scenario, planner, factory: { ...factory, pools: document.best.factory.pools } };
  const head = `# The fleet that goodput ${document.version} planned: ${document.best.name}.\n`;
  const text = stringify(chosen, { lineWidth: 0, aliasDuplicateObjects: false });
  writeFileAtomic(join(folder, 'scenario.yaml'), head + text);
}
