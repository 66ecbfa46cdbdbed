/**
 * What a world stands on and does not change: the git servers of both sides, and the templates that were synthesized for their addresses.
 * Worlds may be started on it one after another; each finds the repositories as their sources are.
 */

import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { copyForServing, createEmptyRepository, serveGit } from '../git/index.ts';
import type { Carrier } from './carrier.ts';
import { synthesizeWorld } from './synthesize.ts';

export const DEPLOYMENT = 'local';

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

/** Its secret's name in the Parameter Store. */
export const parameterOf = (source: string) => `/hourglass/${DEPLOYMENT}/webhooks/${source}`;

export interface Site {
  carrier: Carrier;
  repositories: Repository[];
  /** The webhook's key. */
  apiKey: string;
  /** One of each common kind. */
  hooks: Hook[];
  /** The cloud assembly's folder. */
  assembly: string;
  /** Copies the sources anew, and empties their mirrors. Nothing may be under way. */
  renew(): Promise<void>;
  close(): Promise<void>;
}

export interface SiteOptions {
  sources: string[];
  /** Default `fargate`. */
  carrier?: Carrier;
}

/** @throws RepositoryUnusable if a source cannot be served, SynthFailed if the templates cannot be made. */
export async function createSite({ sources, carrier = 'fargate' }: SiteOptions): Promise<Site> {
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
    const named = nameSources(sources);
    const copy = async () => {
      const repositories: Repository[] = [];
      for (const { source, name } of named) {
        const path = await copyForServing(source, roots.onPremises, name);
        await createEmptyRepository(roots.codeCommit, name);
        const [sourceUrl, destinationUrl] = [`${onPremises.url}/${name}`, `${codeCommit.url}/${name}`];
        repositories.push({ name, path, sourceUrl, destinationUrl });
      }
      return repositories;
    };
    const repositories = await copy();
    const renew = async () => {
      const all = Object.values(roots).flatMap((root) => named.map(({ name }) => join(root, name)));
      await Promise.all(all.map((path) => rm(path, { recursive: true, force: true })));
      await copy();
    };
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
    return { carrier, repositories, apiKey, hooks, assembly, renew, close };
  } catch (error) {
    await close();
    throw error;
  }
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
