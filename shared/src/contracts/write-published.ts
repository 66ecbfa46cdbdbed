/** Writes `shared/contracts/`, and their types for apps of others, which the construct's package exports. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderContracts } from './published.ts';
import { renderDetails } from './render-details.ts';

const directory = join(import.meta.dirname, '../../contracts');
mkdirSync(directory, { recursive: true });
for (const [file, text] of Object.entries(renderContracts())) {
  writeFileSync(join(directory, file), text);
  process.stdout.write(`shared/contracts/${file}\n`);
}
writeFileSync(join(import.meta.dirname, '../../../infra/src/event-details.ts'), await renderDetails());
process.stdout.write('infra/src/event-details.ts\n');
