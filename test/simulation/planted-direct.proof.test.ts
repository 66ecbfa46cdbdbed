/** Bugs planted in the bundles of the direct carrier: each is seen by the observer, and the sound code passes the same history. */
import { AwsError } from '@hourglass/cloud';
import { afterEach, describe, expect, inject, it } from 'vitest';
import type { DirectFates } from './faults/direct.ts';
import { withPlanted } from './planted-bundle.ts';
import { createSimulatedWorld, type SimulatedWorld } from './world.ts';

const untroubled: DirectFates = { source: () => undefined, destination: () => undefined };

interface Planted {
  name: string;
  edits: [find: string, replace: string][];
  play(world: SimulatedWorld): Promise<void>;
  seen: RegExp;
}

const pass = ({ cloud }: SimulatedWorld, seconds: number) => cloud.driver.advanceBy(seconds * 1_000);
const mirror = (world: SimulatedWorld) => world.request('mirror:app');
const fails = (
  world: SimulatedWorld,
  change: (call: { operation: string; input: Readonly<Record<string, unknown>> }) => object | undefined,
) => world.cloud.setFaults((call) => change(call));

const planted: Planted[] = [
  {
    name: 'the manifest is written before the pack',
    edits: [
      [
        'const packed = await packSource(options, effects.packSinkAt(packKeyOf(manifestKey)));',
        `const sink = effects.packSinkAt(packKeyOf(manifestKey));
         const late = [];
         const packed = await packSource(options, { ...sink, write: async (part) => void late.push({ ...part, bytes: Buffer.from(part.bytes) }), complete: async () => {} });`,
      ],
      [
        'await effects.putObject(manifestKey, encodeManifest(packed.manifest));',
        `await effects.putObject(manifestKey, encodeManifest(packed.manifest));
         for (const part of late) await sink.write(part);
         await sink.complete();`,
      ],
    ],
    async play(world) {
      await mirror(world);
      await pass(world, 60);
    },
    seen: /The manifest manifests\/\S+ names a pack of \d+ bytes, and none are there/,
  },
  {
    name: 'the pusher does not look at the checksum',
    edits: [['.digest("hex") !== sha256) {', '.digest("hex") === "") {']],
    async play(world) {
      let reads = 0;
      fails(world, ({ operation, input }) =>
        operation === 'GetObject' && String(input.Key).startsWith('packs/') && reads++ === 0
          ? { instead: async (run: (own: unknown) => unknown) => broken(await run(input)) }
          : undefined,
      );
      await mirror(world);
      await pass(world, 600);
    },
    seen: /A broken pack was sent to CodeCommit for app/,
  },
  {
    name: 'a stale token is believed',
    edits: [
      [
        'return Item === void 0 || Item.result !== void 0 ? void 0 : parseWork(token, Item);',
        'return Item && parseWork(token, Item);',
      ],
      ['return Item !== void 0 && Item.result === void 0;', 'return true;'],
    ],
    async play(world) {
      const manifests: unknown[] = [];
      world.cloud.onTrace((trace) => {
        if (trace.kind !== 'event' || trace.detailType !== 'Object Created') return;
        if (/"manifests\//.test(JSON.stringify(trace.detail))) manifests.push(trace.detail);
      });
      await mirror(world);
      await pass(world, 60);
      await mirror(world);
      await pass(world, 60);
      world.cloud.emitServiceEvent({ source: 'aws.s3', detailType: 'Object Created', detail: manifests[0] });
      await pass(world, 60);
      await world.request('mirror:web');
      await pass(world, 60);
    },
    seen: /only 1 is in the mirror/,
  },
  {
    name: 'it is handed over twice: under another id each time',
    edits: [
      [
        '(other, scope, () => requests.map((request) => ({ type: "requestAccepted", request }))',
        '(other, scope, () => requests.map((request) => ({ type: "requestAccepted", request: { ...request, requestId: request.requestId + ":replay-" + other.nowMs() } }))',
      ],
    ],
    async play(world) {
      world.functionOf('fetcher').configure({ MAX_PACK_BYTES: '1024' });
      world.sources.of('mirror:app').head += 12;
      await mirror(world);
      let writes = 0;
      // The runner dies when it has handed over, before it lets the item go.
      world.cloud.setFaults(({ operation, input, invoker }) => {
        const isHandOver = JSON.stringify(input).includes('request#test#') && invoker?.functionName.endsWith('-runner');
        return operation === 'TransactWriteItems' && isHandOver && writes++ === 0 ? { die: 'after' } : undefined;
      });
      await pass(world, 3_600);
    },
    seen: /handed over under an id of its own/,
  },
  {
    name: 'an Inactive function is taken for dead',
    edits: [
      [
        'Payload: JSON.stringify(parameters)\n        })\n      );',
        'Payload: JSON.stringify(parameters)\n        })\n      ).catch((error) => { refusal = error.message; });\n      if (refusal) return { refused: refusal };',
      ],
      ['const { token } = parameters;', 'const { token } = parameters; let refusal;'],
    ],
    async play(world) {
      await mirror(world);
      await pass(world, 60);
      // Nobody has called for weeks.
      await world.cloud.driver.advanceBy(1_000);
      const fetcher = world.functionOf('fetcher');
      let isAsleep = true;
      const wake = fetcher.wake.bind(fetcher);
      fetcher.wake = () => {
        if (!isAsleep) return wake();
        isAsleep = false;
        throw inactive();
      };
      await mirror(world);
      await pass(world, 600);
    },
    seen: /counts as tried, and its function was only put away/,
  },
];

function inactive(): AwsError {
  const message =
    'The operation cannot be performed at this time. The function is currently in the following state: Inactive';
  return new AwsError('ResourceConflictException', message, { httpStatus: 409 });
}

function broken(answer: unknown): unknown {
  const { body } = answer as { body: Uint8Array };
  const changed = Buffer.from(body);
  changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 0x20;
  return Object.assign(Object.create(Object.getPrototypeOf(answer)), answer, { body: changed });
}

describe('a bug in the direct carrier', () => {
  let world: SimulatedWorld;
  afterEach(() => world?.close());
  const reported = async (assembly: string, { play }: Planted) => {
    world = await createSimulatedWorld({ assembly, seed: 1, carriers: 'direct', fates: untroubled });
    await play(world);
    const messages = world.observer.violations.map(({ message }) => message);
    await world.close();
    return messages;
  };

  it.each(planted)('is seen: $name', async (bug) => {
    expect(await reported(inject('assemblyDirect'), bug)).toEqual([]);
    const plant = ([edit, ...edits]: Planted['edits'], assembly: string): Promise<string[]> =>
      edit
        ? withPlanted(assembly, ...edit, (changed, bundles) => {
            expect(bundles).toBe(1);
            return plant(edits, changed);
          })
        : reported(assembly, bug);
    expect((await plant(bug.edits, inject('assemblyDirect'))).join('\n')).toMatch(bug.seen);
  });
});
