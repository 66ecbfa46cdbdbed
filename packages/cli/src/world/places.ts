/** The programs that this command starts as processes of their own, in the repository. */
import { fileURLToPath } from 'node:url';

const find = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

/** What a task runs. */
export const entrypoint = find('docker/src/main.ts');

/** Synthesizes the templates. */
export const app = find('infra/src/app.ts');
