/**
 * One half of a mirror as a process of its own, for the bench: `half.mjs fetch SOURCE DISK`, `half.mjs push DESTINATION DISK`, and
 * `half.mjs look DESTINATION DISK`, which leaves what a push before would have left. Prints one line of JSON.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  encodeManifest,
  listDestination,
  type NextRequest,
  packSource,
  pushStored,
  readManifest,
} from '@hourglass/relay/halves';
import { createPackFile } from '../../relay/pack-file.ts';

/** What one mirror leaves for the next one, as the task's memory does in a deployment. */
interface Memory extends Partial<NextRequest> {
  readonly known?: string;
}

const [what, address = '', disk = ''] = process.argv.slice(2);
const [memoryPath, manifestPath] = [join(disk, 'memory.json'), join(disk, 'manifest.json')];
const { sink, store } = createPackFile(join(disk, 'pack'));
const startedMs = performance.now();
const result = await run();
const seconds = (performance.now() - startedMs) / 1000;
const [, kilobytes = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile('/proc/self/status', 'utf8')) ?? [];
console.log(JSON.stringify({ result, seconds, peakRssBytes: Number(kilobytes) * 1024 }));

async function run(): Promise<string> {
  if (what === 'look') {
    const { haves, thin } = await listDestination({ destination: address });
    await writeFile(memoryPath, JSON.stringify({ haves, thin }));
    return 'looked';
  }
  if (what === 'fetch') {
    const memory = await readFile(memoryPath, 'utf8').then(
      (text) => JSON.parse(text) as Memory,
      (): Memory => ({}),
    );
    const packed = await packSource({ source: address, ...memory }, sink);
    if (packed.outcome === 'packed') await writeFile(manifestPath, encodeManifest(packed.manifest));
    return packed.outcome;
  }
  const manifest = readManifest(await readFile(manifestPath, 'utf8'));
  const pushed = await pushStored({ destination: address, manifest, store });
  await writeFile(memoryPath, JSON.stringify({ ...pushed.next, known: pushed.fingerprint }));
  return pushed.result;
}
