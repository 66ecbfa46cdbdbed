/** What is brought by a package of a registry rests here, inside `node_modules`: nothing of the machine's is touched, and it goes with them. */
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const shelf = fileURLToPath(new URL('../../node_modules/.cache/hourglass/', import.meta.url));

/**
 * The folder of this name, filled once. Filled aside and then moved, so that another run on this machine never sees half of it.
 * @param fill puts the thing into the empty folder that it is given
 */
export async function bringOnce(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(shelf, name);
  if (await exists(folder)) return folder;
  await mkdir(shelf, { recursive: true });
  const aside = await mkdtemp(`${folder}-`);
  try {
    await fill(aside);
    await rename(aside, folder).catch(async (error) => {
      // Another run was quicker.
      if (!(await exists(folder))) throw error;
    });
    return folder;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
