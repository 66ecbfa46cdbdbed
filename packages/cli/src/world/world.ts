/**
 * A whole deployment on this machine: on-premises repositories and a stand-in for CodeCommit over real git smart HTTP, and between them
 * the synthesized templates in the simulated AWS, with tasks as local processes of the real entrypoint.
 */

import { type Cloud, type Credentials, createCloud } from '@hourglass/cloud';
import { entrypoint } from '#places';
import { compareRefs, listRefs } from '../git/index.ts';
import {
  createSite,
  DEPLOYMENT,
  type Hook,
  parameterOf,
  type Repository,
  type Site,
  type SiteOptions,
} from './site.ts';

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

export interface WorldOptions extends SiteOptions {
  /** Epoch milliseconds at which the virtual clock starts. */
  startMs: number;
}

/**
 * On a site of its own, which goes with it.
 * @throws RepositoryUnusable if a source cannot be served, SynthFailed if the templates cannot be made.
 */
export async function createWorld({ startMs, ...options }: WorldOptions): Promise<World> {
  const site = await createSite(options);
  try {
    const world = await startWorld(site, startMs);
    const close = async () => {
      await world.close();
      await site.close();
    };
    return { ...world, close };
  } catch (error) {
    await site.close();
    throw error;
  }
}

/** On a site that stays when the world is closed. Whoever starts a second one there renews the site before. */
export async function startWorld(site: Site, startMs: number): Promise<World> {
  const { carrier, repositories, apiKey, hooks, assembly } = site;
  const cloud = createCloud({
    startMs,
    // A second is what a function of this size takes to begin, or less.
    ...(carrier === 'direct' && { coldStartMs: 1_000 }),
    dynamo: 'auto',
    taskCommand: [process.execPath, entrypoint],
  });
  try {
    // The image that the configuration names: no task pulls it here, and whoever looks finds it.
    cloud.parts.account.images.set('hourglass', new Map([['local', { architectures: ['arm64', 'amd64'] }]]));
    for (const { source, secret } of hooks) cloud.putParameter(parameterOf(source), secret);
    const { outputs } = await cloud.deploy(assembly, `hourglass-${DEPLOYMENT}`);
    const client = cloud.createUser('on-premises', [outputs.ClientPolicyArn ?? '']);
    return { cloud, deployment: DEPLOYMENT, repositories, apiKey, hooks, client, outputs, close: () => cloud.close() };
  } catch (error) {
    await cloud.close();
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
