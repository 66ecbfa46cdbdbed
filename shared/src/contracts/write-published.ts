/** Writes `shared/contracts/`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderContracts } from './published.ts';

const directory = join(import.meta.dirname, '../../contracts');
mkdirSync(directory, { recursive: true });
for (const [file, text] of Object.entries(renderContracts())) {
  writeFileSync(join(directory, file), text);
  process.stdout.write(`shared/contracts/${file}\n`);
}
