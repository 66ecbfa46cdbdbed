/** The CodeCommit-like server as git's own client meets it. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addCommit, createEmptyRepository, listRefs } from '@hourglass/cli/git';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { git, gitAside } from '../git.ts';
import { type Front, startFront } from './front.ts';
import { signCodeCommit } from './sign-codecommit.ts';

let scratch: string;
let local: string;
let app: string;
let front: Front;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'hourglass-front-'));
  const root = join(scratch, 'root');
  await mkdir(root);
  app = await createEmptyRepository(root, 'app');
  local = await createEmptyRepository(scratch, 'local');
  await addCommit(local, { branch: 'main', message: 'one', files: { a: 'a' } });
  front = await startFront({ root });
});
afterEach(async () => {
  await front.close();
  await rm(scratch, { recursive: true, force: true });
});

const push = (...words: string[]) => gitAside(local, 'push', '--quiet', `${front.url}/app`, ...words);

describe('the CodeCommit-like server', () => {
  it('takes a push, gives a clone, and counts what it sent', async () => {
    await push('main');
    await gitAside(scratch, 'clone', '--quiet', '--bare', `${front.url}/app`, 'clone');
    expect(git(join(scratch, 'clone'), 'rev-parse', 'main')).toBe(git(local, 'rev-parse', 'main'));
    expect(front.requests.map((request) => request.phase)).toEqual([
      'receive-advertisement',
      'receive-pack',
      'upload-advertisement',
      'ls-refs',
      'fetch',
    ]);
    expect(front.bytesSent()).toBeGreaterThan(500);
  });

  it('advertises what CodeCommit does, no atomic and no ofs-delta', async () => {
    const answer = await fetch(`${front.url}/app/info/refs?service=git-receive-pack`);
    const [, capabilities = ''] = (await answer.text()).split('\0');
    expect(capabilities.split('\n')[0]).toBe('report-status side-band-64k delete-refs thin-pack');
    await expect(push('--atomic', 'main')).rejects.toThrow(/does not support --atomic/);
  });

  it('refuses a push of more refs than it takes, whole', async () => {
    const small = await startFront({ root: join(scratch, 'root'), maxCommands: 5 });
    try {
      for (let n = 0; n < 6; n++) git(local, 'tag', `t${n}`, 'main');
      const push = () => gitAside(local, 'push', '--quiet', `${small.url}/app`, 'refs/tags/*');
      await expect(push()).rejects.toThrow(/400/);
      expect(git(app, 'for-each-ref')).toBe('');
      git(local, 'tag', '-d', 't0');
      await push();
      expect((await listRefs(app)).size).toBe(5);
    } finally {
      await small.close();
    }
  });

  it('answers with a status as often as set, then as always', async () => {
    front.faults = { answer: { on: 'receive-advertisement', status: 429, retryAfterSeconds: 1, times: 1 } };
    await expect(push('main')).rejects.toThrow(/429/);
    await push('main');
  });

  it.each([
    { on: 'receive-advertisement', side: 'answer', afterBytes: 0 },
    { on: 'receive-advertisement', side: 'answer', afterBytes: 40 },
    { on: 'receive-pack', side: 'request', afterBytes: 150 },
    { on: 'receive-pack', side: 'answer', afterBytes: 0 },
    { on: 'receive-pack', side: 'answer', afterBytes: 10 },
  ] as const)('cuts the connection at $on, $side, $afterBytes bytes', async (cut) => {
    front.faults = { cut: { ...cut, times: 9 } };
    await expect(push('main')).rejects.toThrow();
    expect((await listRefs(app)).size).toBe(cut.on === 'receive-pack' && cut.side === 'answer' ? 1 : 0);
    front.faults = {};
    await push('main:again');
  });

  it('refuses thin packs', async () => {
    const big = Array.from({ length: 3000 }, (_, n) => `line ${n * n}\n`).join('');
    await addCommit(local, { branch: 'main', message: 'two', files: { big } });
    await push('main');
    await addCommit(local, { branch: 'main', message: 'three', files: { big: `${big}more\n` } });
    front.faults = { refuseThin: 'unannounced' };
    await expect(push('--thin', 'main')).rejects.toThrow(/unpack/);
    front.faults = { refuseThin: 'announced' };
    await push('--thin', 'main');
  });

  it('lets in only who knows the password or has the key', async () => {
    const root = join(scratch, 'root');
    const keys = {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'secret',
      sessionToken: 'a/token',
      region: 'eu-west-1',
    };
    const guarded = await startFront({ root, auth: { kind: 'sigv4', ...keys } });
    try {
      const timestamp = new Date().toISOString().replace(/[-:]|[.]\d+Z/g, '');
      const password = signCodeCommit({ ...keys, host: '127.0.0.1', path: '/app', timestamp });
      const ask = (user: string, word: string) =>
        fetch(`${guarded.url}/app/info/refs?service=git-upload-pack`, {
          headers: { authorization: `Basic ${btoa(`${user}:${word}`)}` },
        }).then((response) => response.status);
      expect(await ask('AKIDEXAMPLE%a/token', password)).toBe(200);
      expect(await ask('AKIDEXAMPLE', password)).toBe(403);
      expect(await ask('AKIDEXAMPLE%a/token', password.replace(/.$/, 'x'))).toBe(403);
      expect((await fetch(`${guarded.url}/app/info/refs?service=git-upload-pack`)).status).toBe(401);
    } finally {
      await guarded.close();
    }
  });
});
