/** What is said of a mirror that was refused: what had been written, whose words, once, and by which id the server's people find it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MirrorRefused, mirror } from '@hourglass/relay';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { git, refsOf } from './git.ts';
import { createPair, type Pair } from './pair.ts';

let pair: Pair;
beforeEach(async () => {
  pair = await createPair();
});
afterEach(() => pair.close());

/** The destination takes one push, and answers the next ones with this status. */
function refuseAfterOnePush(status: number, times: number): void {
  const { to } = pair;
  const run = async () => {
    to.faults = { answer: { on: 'receive-pack', status, times } };
  };
  to.faults = { before: { on: 'receive-pack', run } };
}

it('counts what was written before the destination began to refuse everything', async () => {
  await pair.commit('a');
  await pair.mirror();
  git(pair.source, 'update-ref', '-d', 'refs/heads/a');
  await pair.commit('a/b');
  // The branch in the way goes by a push of its own; the next one is refused.
  refuseAfterOnePush(403, 100);
  const options = {
    source: `${pair.from.url}/source`,
    destination: `${pair.to.url}/destination`,
    allowMassDelete: true,
  };
  const refused = await mirror({ ...options, via: 'relay' }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(MirrorRefused);
  expect(refused).toMatchObject({ written: { created: 0, updated: 0, deleted: 1 } });
  expect(refsOf(pair.destination)).toEqual([]);
});

it('counts what a way had written before it failed, and the next one went on', async () => {
  await pair.commit('a');
  await pair.commit('b');
  refuseAfterOnePush(400, 1);
  const outcome = await pair.mirror({ maxRefsPerPush: 1 });
  expect(outcome).toMatchObject({ result: 'mirrored', via: 'relay-full-pack', refs: { created: 2, updated: 0 } });
  expect(outcome.changes?.map(({ ref, action }) => [ref, action])).toEqual([
    ['refs/heads/a', 'create'],
    ['refs/heads/b', 'create'],
  ]);
});

it.each(['relay', 'git'] as const)("shows a hook's words once, however many refs it refuses (%s)", async (via) => {
  for (const branch of ['one', 'two', 'three']) await pair.commit(branch);
  await mkdir(`${pair.destination}/hooks`);
  const hook = '#!/bin/sh\necho "the mirror is closed on Fridays" >&2; exit 1\n';
  await writeFile(`${pair.destination}/hooks/pre-receive`, hook, { mode: 0o755 });
  const { refs } = await pair.mirror({ via });
  expect(refs.rejected.map(({ reason }) => reason)).toEqual([
    'pre-receive hook declined: the mirror is closed on Fridays',
    'pre-receive hook declined',
    'pre-receive hook declined',
  ]);
});

it.each(['x-request-id', 'x-amzn-requestid', 'x-github-request-id'])("shows a server's %s", async (name) => {
  const server = createServer((_, response) => {
    response.writeHead(403, { 'content-type': 'text/plain', [name]: 'abc-123' }).end('not for you');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { message } = await pair.mirror({ source: `http://127.0.0.1:${(server.address() as AddressInfo).port}/app` });
    expect(message).toBe(`the source forbids this (403): not for you (${name} abc-123)`);
  } finally {
    server.close();
  }
});
