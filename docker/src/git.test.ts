/** What git is given and what is kept from it. */
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { listRefs, runGit, runGitOrFail } from './git.ts';
import { resolveRemote } from './remote.ts';

const context = {
  environment: { PATH: process.env.PATH, AWS_REGION: 'ap-northeast-1', AWS_ACCESS_KEY_ID: 'key', OTHER: 'x' },
  scratch: tmpdir(),
  signal: new AbortController().signal,
  log: () => {},
};
const codeCommit = resolveRemote('codecommit::ap-northeast-1://app');
const onPremises = resolveRemote('https://git.example.test/app');

it('only CodeCommit gets the credential helper of the AWS CLI', async () => {
  const ask = ['config', '--get-regexp', '^credential'];
  const { stdout } = await runGit(ask, codeCommit, context);
  expect(stdout).toBe('credential.helper !aws codecommit credential-helper $@\ncredential.usehttppath true\n');
  expect((await runGit(ask, onPremises, context)).stdout).toBe('');
});

it('only CodeCommit gets the AWS variables, and nothing gets the others', async () => {
  const ask = ['-c', 'alias.names=!env', 'names'];
  expect((await runGit(ask, codeCommit, context)).stdout).toMatch(/^AWS_ACCESS_KEY_ID=key$/m);
  const { stdout } = await runGit(ask, onPremises, context);
  expect(stdout).not.toMatch(/^(AWS_ACCESS_KEY_ID|AWS_REGION|OTHER)=/m);
  expect(stdout).toMatch(/^GIT_TERMINAL_PROMPT=0$/m);
});

it('protocols but http, https and ssh are refused by git itself too', async () => {
  const local = { url: `file://${tmpdir()}`, isCodeCommit: false };
  await expect(listRefs('source', local, context)).rejects.toThrow(
    /^listing the refs of the source failed: fatal: transport 'file' not allowed/,
  );
});

it('a failure says what was being done and what git said', async () => {
  const failing = runGitOrFail('looking', ['rev-parse', '--verify', 'absent'], undefined, context);
  await expect(failing).rejects.toThrow(/^looking failed: fatal: /);
});
