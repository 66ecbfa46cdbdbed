/** Commits and folders of packs that git has made, whatever pieces they come in. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PackObjects } from './pack-objects.ts';

let folder: string;
let pack: Buffer;
let expected: string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hourglass-pack-'));
  const git = (input: string | Buffer, ...words: string[]) =>
    execFileSync('git', words, { cwd: folder, input, env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' } });
  git('', 'init', '--quiet', '--bare', '.');
  // Folders alike, so that they are stored as differences, and files that fill more than one piece.
  const commits = Array.from({ length: 30 }, (_, n) => {
    const head = `commit refs/heads/main\nmark :${n + 1}\ncommitter A <a@example.invalid> ${1_700_000_000 + n} +0000\ndata 1\nx\n`;
    const files = Array.from({ length: n === 0 ? 60 : 1 }, (_, k) => {
      const text = `${n} ${k} `.repeat(500);
      return `M 100644 inline folder/sub/file-with-a-long-name-${n + k}\ndata ${text.length}\n${text}\n`;
    });
    return `${head}${n === 0 ? '' : `from :${n}\n`}${files.join('')}\n`;
  });
  git(commits.join(''), 'fast-import', '--quiet');
  git('', 'repack', '-adq', '--depth=20', '--window=20');
  pack = git('refs/heads/main\n', 'pack-objects', '--stdout', '--revs', '--delta-base-offset', '-q');
  const all = git('', 'cat-file', '--batch-all-objects', '--batch-check=%(objecttype) %(objectname)').toString().trim();
  expected = all
    .split('\n')
    .filter((line) => /^(commit|tree)/.test(line))
    .sort();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('gives each of them once, with its id', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 30 }), (sizes) => {
      const objects = new PackObjects('sha1');
      const seen: string[] = [];
      const body = pack.subarray(12, -20);
      for (let at = 0, n = 0; at < body.length; n++) {
        const size = sizes[n % sizes.length] ?? 1;
        for (const { type, oid } of objects.add(body.subarray(at, at + size))) seen.push(`${type} ${oid}`);
        at += size;
      }
      for (const { type, oid } of objects.add(Buffer.alloc(0), true)) seen.push(`${type} ${oid}`);
      expect(seen.sort()).toEqual(expected);
    }),
    { numRuns: 20 },
  );
});

it('comes to an end with bytes that are no pack', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const objects = new PackObjects('sha1');
      expect([...objects.add(Buffer.from(bytes)), ...objects.add(Buffer.alloc(0), true)].length).toBeLessThan(40);
    }),
  );
});

it('fills no memory with what inflates to much, nor with a difference that says it is large', () => {
  const zeros = deflateSync(Buffer.alloc(4 << 20));
  const size = [0xa0, 0x80, 0x80, 0x10];
  const tree = Buffer.concat([Buffer.from(size), zeros]);
  const objects = new PackObjects('sha1');
  expect(() => {
    for (let n = 0; n < 40; n++) for (const _ of objects.add(tree));
  }).toThrow(/inflates to more/);

  // 20 bytes of folder, and a difference to it that copies them a thousand million times.
  const base = Buffer.alloc(20, 'x');
  const copies = Buffer.concat([
    Buffer.from([20, 0x80, 0xd0, 0xac, 0xf3, 0x0e]),
    Buffer.alloc(100_000, Buffer.from([0x90, 20])),
  ]);
  const packed = Buffer.concat([Buffer.from([0xa4, 0x01]), deflateSync(base)]);
  const delta = Buffer.concat([Buffer.from([0xe0, 0x01, packed.length]), deflateSync(copies)]);
  expect([...new PackObjects('sha1').add(Buffer.concat([packed, delta]), true)].map(({ type }) => type)).toEqual([
    'tree',
  ]);
});
