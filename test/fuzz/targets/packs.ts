/** Packs that pass: their objects, and the Git LFS pointers in them. */
import { deepEqual, ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { readManifest } from '../../../packages/relay/src/halves/manifest.ts';
import { storeParts } from '../../../packages/relay/src/halves/pack-parts.ts';
import { LfsScan } from '../../../packages/relay/src/lfs-scan.ts';
import { readPackHeader } from '../../../packages/relay/src/protocol/pack.ts';
import { PackObjects } from '../../../packages/relay/src/protocol/pack-objects.ts';
import { mayRefuse, pieces, streamOf, type Target } from '../target.ts';

const zlib = (text: string) => deflateSync(Buffer.from(text, 'latin1')).toString('latin1');
const COMMIT = `tree ${'4b825dc642cb6eb9a060e54bf8d69288fbee4904'}\n\nx\n`;
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0123456789abcdef'.repeat(4)}\nsize 12345\n`;
const OBJECTS = [
  `\xb0\x08${zlib(POINTER)}`,
  `\x90\x03${zlib(COMMIT)}`,
  `\x25${zlib(`40000 a\0${'\x01'.repeat(20)}`)}`,
  `\x66\x05${zlib('\x10\x10\x90\x10')}`,
  `\x76${'\x02'.repeat(20)}${zlib('\x05\x05\x05hello')}`,
].join('');

const MANIFEST = {
  version: 1,
  objectFormat: 'sha1',
  head: 'refs/heads/main',
  selection: { include: ['*'], map: ['a:b'] },
  refs: [['refs/heads/main', '0123456789abcdef0123456789abcdef01234567']],
  haves: ['0123456789abcdef0123456789abcdef01234567'],
  knowledge: { offered: [], known: [] },
  pack: { bytes: 5, sha256: '0'.repeat(64), objects: 1 },
};

export const packs: Record<string, Target> = {
  'pack-objects': {
    async run(bytes) {
      const read = (size: number) => {
        const objects = new PackObjects((bytes[0] ?? 0) > 127 ? 'sha256' : 'sha1');
        const found: string[] = [];
        try {
          for (let at = 1; at < bytes.length; at += size) {
            for (const { oid } of objects.add(bytes.subarray(at, at + size))) found.push(oid);
          }
          for (const { oid } of objects.add(Buffer.alloc(0), true)) found.push(oid);
        } catch (error) {
          return (error as Error).name;
        }
        return found;
      };
      deepEqual(read(Math.max(1, (bytes[0] ?? 0) % 64)), read(bytes.length));
    },
    seeds: [`\x00${OBJECTS}`, `\xff${OBJECTS}`, `\x01${OBJECTS.slice(10)}`],
  },
  'lfs-scan': {
    run(bytes) {
      // Only of a pack that is whole must it find the same however the pack arrives.
      const scan = new LfsScan();
      const size = (bytes[0] ?? 0) % 256 || 1;
      for (let at = 0; at < bytes.length; at += size) scan.look(bytes.subarray(at, at + size));
      ok(scan.count >= 0);
    },
    seeds: [OBJECTS, `\x10${OBJECTS}${OBJECTS}`],
  },
  'pack-header': {
    run: (bytes) => mayRefuse(() => readPackHeader(streamOf(bytes))),
    seeds: ['\x00PACK\0\0\0\x02\0\0\0\x05x'],
  },
  'pack-parts': {
    async run(bytes) {
      const stored: Buffer[] = [];
      await mayRefuse(async () => {
        const sink = {
          write: async ({ bytes }: { bytes: Buffer }) => void stored.push(Buffer.from(bytes)),
          complete: async () => {},
          abort: async () => {},
        };
        const rest = bytes.subarray(1);
        // One in two has the checksum that it must have.
        const whole = (bytes[0] ?? 0) > 127 ? Buffer.concat([rest, createHash('sha1').update(rest).digest()]) : rest;
        const size = ((bytes[0] ?? 0) % 32) + 1;
        const kept = await storeParts(pieces(whole, (size * 7) % 31 || 1), sink, {
          size,
          format: 'sha1',
          signal: undefined,
        });
        deepEqual(Buffer.concat(stored), whole);
        deepEqual(kept.bytes, whole.length);
      });
    },
    seeds: [`\xf0${OBJECTS}`, `\x05${OBJECTS}`],
  },
  manifest: {
    run: (bytes) => mayRefuse(() => readManifest(bytes.toString('utf8'))),
    seeds: [JSON.stringify(MANIFEST), JSON.stringify({ ...MANIFEST, selection: { 'un\x7fknown': [] } })],
  },
};
