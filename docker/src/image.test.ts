/** The image's recipe, read: no engine builds it here. And the bundle that goes into it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bundleEntrypoint } from '../build.ts';

const room = join(import.meta.dirname, '..');
const recipe = await readFile(join(room, 'Dockerfile'), 'utf8');
const instructions = recipe
  .replace(/^\s*#.*\n/gm, '')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => {
    const [name = '', ...words] = line.trim().split(/\s+/);
    return { name, text: words.join(' ') };
  });
const all = (name: string) => instructions.filter((instruction) => instruction.name === name).map(({ text }) => text);

it('the base is named with its registry and its major version, and is the Node that the bundle is built for', () => {
  expect(all('FROM')).toEqual([expect.stringMatching(/^public\.ecr\.aws\/docker\/library\/node:24-alpine$/)]);
});

it('nothing is downloaded but packages whose signature the package manager checks', () => {
  expect(all('ADD')).toEqual([]);
  expect(recipe).not.toMatch(/\b(curl|wget|pip3? install|npm (install|i)\b|--allow-untrusted)/);
  expect(recipe).not.toMatch(/x86_64|aarch64|amd64/);
});

it('git, the AWS CLI in version 2, ssh and tini are in it', () => {
  const [install = ''] = all('RUN');
  for (const name of ['aws-cli', 'git', 'openssh-client', 'tini']) expect(install.split(' ')).toContain(name);
  expect(install).toContain('^aws-cli/2');
});

it('the task is not root, and no instruction after that is', () => {
  expect(all('USER')).toEqual(['1000:1000']);
  const names = instructions.map(({ name }) => name);
  expect(names.slice(names.indexOf('USER'))).not.toContain('RUN');
});

it('the entrypoint is the bundle, as a list of words, so that signals reach it', async () => {
  const [entrypoint = '[]'] = all('ENTRYPOINT');
  const words = JSON.parse(entrypoint);
  expect(words).toEqual(['/sbin/tini', '--', 'node', '/opt/hourglass/entrypoint.cjs']);
  expect(all('COPY').join()).toMatch(/dist\/entrypoint\.cjs \/opt\/hourglass\/entrypoint\.cjs$/);
  const ignored = await readFile(join(room, '.dockerignore'), 'utf8');
  expect(ignored.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
    '*',
    '!Dockerfile',
    '!dist',
  ]);
});

it('the bundle is the same bytes each time, whatever folder it is made from or for, and holds nothing of the machine', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'hourglass-bundle-'));
  try {
    const paths = await Promise.all(['a', 'b'].map((name) => bundleEntrypoint({ outDir: join(scratch, name) })));
    const [one = '', other] = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
    expect(one).toBe(other);
    expect(one).not.toContain(room);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
});
