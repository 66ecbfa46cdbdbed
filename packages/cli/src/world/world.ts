/**
 * A whole deployment on this machine: on-premises repositories and a stand-in for CodeCommit over real git smart HTTP, and between them
 * the synthesized templates in the simulated AWS, with tasks as local processes of the real entrypoint.
 */

import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Cloud, type Credentials, createCloud } from '@hourglass/cloud';
import { entrypoint } from '#places';
import { compareRefs, copyForServing, createEmptyRepository, listRefs, serveGit } from '../git/index.ts';
import type { Carrier } from './carrier.ts';
import { synthesizeWorld } from './synthesize.ts';

const DEPLOYMENT = 'local';

export interface Repository {
  name: string;
  /** The bare copy that is served as on-premises. */
  path: string;
  sourceUrl: string;
  destinationUrl: string;
}

/** A git server that may call the webhook at `/hooks/<source>`: it speaks for every repository that is served. */
export interface Hook {
  /** What stands in the address. */
  source: string;
  /** The server's kind. */
  server: string;
  /** Made for this world; it rests in the simulated Parameter Store. */
  secret: string;
}

/** The kinds that most people have, and one for whoever writes the body by hand. */
const HOOK_SERVERS = ['gitlab', 'github', 'gitea', 'generic'];

const parameterOf = (source: string) => `/hourglass/${DEPLOYMENT}/webhooks/${source}`;

export interface World {
  cloud: Cloud;
  deployment: string;
  repositories: Repository[];
  /** The webhook's key, made for this world. */
  apiKey: string;
  /** One of each common kind. */
  hooks: Hook[];
  /** An on-premises client's keys: it may send requests and nothing else. */
  client: Credentials;
  /** The control plane's outputs. */
  outputs: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export interface WorldOptions {
  sources: string[];
  /** Epoch milliseconds at which the virtual clock starts. */
  startMs: number;
  /** Default `fargate`. */
  carrier?: Carrier;
}

/** @throws RepositoryUnusable if a source cannot be served, SynthFailed if the templates cannot be made. */
export async function createWorld({ sources, startMs, carrier = 'fargate' }: WorldOptions): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), 'hourglass-'));
  const closers: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  try {
    const roots = { onPremises: join(dir, 'on-premises'), codeCommit: join(dir, 'codecommit') };
    await Promise.all(Object.values(roots).map((root) => mkdir(root)));
    const onPremises = await serveGit({ root: roots.onPremises, receivePack: false });
    closers.push(() => onPremises.close());
    const codeCommit = await serveGit({ root: roots.codeCommit });
    closers.push(() => codeCommit.close());
    const repositories: Repository[] = [];
    for (const { source, name } of nameSources(sources)) {
      const path = await copyForServing(source, roots.onPremises, name);
      await createEmptyRepository(roots.codeCommit, name);
      const [sourceUrl, destinationUrl] = [`${onPremises.url}/${name}`, `${codeCommit.url}/${name}`];
      repositories.push({ name, path, sourceUrl, destinationUrl });
    }
    const apiKey = randomBytes(24).toString('hex');
    const hooks = HOOK_SERVERS.map((server) => ({ source: server, server, secret: randomBytes(24).toString('hex') }));
    const sourceHost = new URL(onPremises.url).host;
    const assembly = await synthesizeWorld(
      {
        deployment: DEPLOYMENT,
        sourceHost,
        carrier,
        destinationPrefix: `${codeCommit.url}/`,
        apiKeySha256: createHash('sha256').update(apiKey).digest('hex'),
        repositories: Object.fromEntries(repositories.map(({ name, sourceUrl }) => [name, { source: sourceUrl }])),
        // A server knows itself by another name than this world's port, so its word for it is not asked.
        webhooks: Object.fromEntries(
          hooks.map(({ source, server }) => [source, { server, secret: parameterOf(source), hosts: [sourceHost] }]),
        ),
      },
      dir,
    );
    const cloud = createCloud({
      startMs,
      // A second is what a function of this size takes to begin, or less.
      ...(carrier === 'direct' && { coldStartMs: 1_000 }),
      dynamo: 'auto',
      taskCommand: [process.execPath, entrypoint],
    });
    closers.push(() => cloud.close());
    // The image that the configuration names: no task pulls it here, and whoever looks finds it.
    cloud.parts.account.images.set('hourglass', new Map([['local', { architectures: ['arm64', 'amd64'] }]]));
    for (const { source, secret } of hooks) cloud.putParameter(parameterOf(source), secret);
    const { outputs } = await cloud.deploy(assembly, `hourglass-${DEPLOYMENT}`);
    const client = cloud.createUser('on-premises', [outputs.ClientPolicyArn ?? '']);
    return { cloud, deployment: DEPLOYMENT, repositories, apiKey, hooks, client, outputs, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whether heads and tags are the same on both sides, as a git client sees them. */
export async function compareMirror({ name, sourceUrl, destinationUrl }: Repository) {
  const [source, destination] = await Promise.all([listRefs(sourceUrl), listRefs(destinationUrl)]);
  return {
    repository: name,
    refsEqual: compareRefs(source, destination).equal,
    sourceRefs: source.size,
    destinationRefs: destination.size,
  };
}

/** Names that CodeCommit takes, from the last part of each path or URL; a second one of the same name is numbered, as are names that most git servers take for the same. */
function nameSources(sources: string[]): { source: string; name: string }[] {
  const taken = new Set<string>();
  return sources.map((source) => {
    const last = basename(source.replace(/\/+$/, '')).replace(/\.git$/i, '');
    const base =
      last
        .replaceAll(/[^\w.-]/g, '-')
        .replace(/^[.-]+/, '')
        .slice(0, 90) || 'repository';
    let name = base;
    for (let n = 2; taken.has(name.toLowerCase()); n += 1) name = `${base}-${n}`;
    taken.add(name.toLowerCase());
    return { source, name };
  });
}
