/** Writes `configuration.md` from the schema, and `permissions.md` and `idle-cost.md` from the template of `hourglass.config.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../assets.ts';
import { renderDocuments } from './render.ts';

for (const [file, text] of Object.entries(renderDocuments())) {
  writeFileSync(join(repositoryRoot, 'infra', file), text);
  process.stdout.write(`infra/${file}\n`);
}
