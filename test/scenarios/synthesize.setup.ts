/**
 * Synthesizes the deployment `test` once for every project that deploys it, while the tests that do not need it run: what does need it waits
 * in `synthesized.ts`.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemblyIn, synthesizeWorld } from '@hourglass/cli';
import { serverNames } from '@hourglass/webhooks';
import type { ProvidedContext } from 'vitest';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    assembly: string;
    /** The same with named repositories, a git server of every kind that may call, tags, and every way out. */
    assemblyWithHooks: string;
    /** The same whose mirrors go by the direct carrier, unless a test says otherwise. */
    assemblyDirect: string;
    /** A file that is there as soon as all of them are; empty, or why they could not be made. */
    synthesized: string;
  }
}

export const API_KEY = 'the key of the tests';

const keyArn = (id: string) => `arn:aws:kms:ap-northeast-1:123456789012:key/${id}`;
/** Where the deployment's credentials of sources rest, by host. */
export const CREDENTIALS = {
  'basic.test': { bucket: 'team-git', key: 'hourglass/basic.json' },
  'own-key.test': { bucket: 'team-git', key: 'hourglass/own-key.json', kmsKeyArn: keyArn('of-objects') },
  'secret.test': {
    secretArn: 'arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:git-AbCdEf',
    kmsKeyArn: keyArn('of-secrets'),
  },
};

/** The repositories of the deployment that git servers may call, with their sources. */
const paths = {
  gitlab: 'tools/deep/widgets',
  bitbucket: 'scm/acme/widgets',
  backlog: 'git/ACME/widgets',
  gitbucket: 'git/acme/widgets',
  'azure-devops': 'tfs/Main/Acme Tools/_git/widgets',
} as Partial<Record<string, string>>;
const hosts: Partial<Record<string, string>> = {
  generic: 'git.example.com',
  'azure-devops': 'azure.example.com',
  backlog: 'acme.backlog.example.com',
};
const hostOf = (server: string) => hosts[server] ?? `${server}.example.com`;
export const REPOSITORIES = {
  app: {
    source: 'https://git.test/app',
    refs: ['main', '^wip/*'],
    // 11:00 in UTC, two hours after the scenarios' start.
    schedule: { expression: 'cron(0 20 * * ? *)', timeZone: 'Asia/Tokyo' },
  },
  ...Object.fromEntries(
    serverNames.map((server) => [
      `of-${server}`,
      { source: encodeURI(`https://${hostOf(server)}/${paths[server] ?? 'acme/widgets'}`) },
    ]),
  ),
};

/** More than fit into a function's environment and a role's own policy: they ride in the bundle and in policies beside it. */
export const MANY: Record<string, { source: string }> = {
  ...Object.fromEntries(['web', 'docs'].map((name) => [name, { source: `https://git.test/${name}` }])),
  ...Object.fromEntries(
    Array.from({ length: 120 }, (_, n) => [`of-many-${n}`, { source: `https://gitea.example.com/many/app-${n}.git` }]),
  ),
};

/** Its sources, one for each kind of server, by its kind; of one the key is the customer's own. */
export const WEBHOOKS = Object.fromEntries(
  serverNames.map((server) => {
    const parameter = `/hourglass/test/webhooks/${server}`;
    const secret = server === 'gitlab' ? { parameter, kmsKeyArn: keyArn('of-parameters') } : parameter;
    return [server, { server, secret }];
  }),
);

/** An account whose machines may all ask, and one role of another. */
export const CLIENTS = ['222222222222', 'arn:aws:iam::333333333333:role/deep/git-server'];

export const TAGS = { CostCenter: 'platform', 'Data Class': 'internal: e-mail+name @ x/y' };
/** Who hears what becomes of a request. */
export const ANSWERS = {
  notify: { email: 'team@example.com' },
  commitStatus: {
    'gitlab.example.com': {
      server: 'gitlab',
      token: { parameter: '/hourglass/test/status/gitlab', kmsKeyArn: keyArn('of-tokens') },
    },
  },
  destination: {
    url: 'https://hooks.example.com/hourglass',
    connectionArn: 'arn:aws:events:ap-northeast-1:123456789012:connection/team/11111111-2222-3333-4444-555555555555',
  },
};

/** A deployment with every door and every way out. */
export const WITH_DOORS = {
  moreHosts: serverNames.map(hostOf),
  repositories: { ...REPOSITORIES, ...MANY },
  webhooks: WEBHOOKS,
  tags: TAGS,
  answers: ANSWERS,
  clients: CLIENTS,
};

interface Assemblies {
  readonly dir: string;
  readonly provided: Pick<ProvidedContext, 'assembly' | 'assemblyDirect' | 'assemblyWithHooks' | 'synthesized'>;
  /** Never fails: `synthesized` says how it went. */
  readonly done: Promise<void>;
  users: number;
}

/** vitest reads this module once for each project; the process is one. */
const shared = globalThis as { hourglassAssemblies?: Assemblies };

export default function setup(project: TestProject): () => Promise<void> {
  shared.hourglassAssemblies ??= begin();
  const assemblies = shared.hourglassAssemblies;
  assemblies.users += 1;
  for (const [name, value] of Object.entries(assemblies.provided)) project.provide(name as 'assembly', value);
  return async () => {
    assemblies.users -= 1;
    if (assemblies.users > 0) return;
    delete shared.hourglassAssemblies;
    await assemblies.done;
    rmSync(assemblies.dir, { recursive: true, force: true });
  };
}

function begin(): Assemblies {
  const dir = mkdtempSync(join(tmpdir(), 'hourglass-scenarios-'));
  const folder = (name: string) => {
    mkdirSync(join(dir, name));
    return join(dir, name);
  };
  const [plain, direct, withHooks] = [folder('plain'), folder('direct'), folder('with-hooks')];
  const common = {
    deployment: 'test',
    sourceHost: 'git.test',
    destinationPrefix: 'codecommit::ap-northeast-1://',
    apiKeySha256: createHash('sha256').update(API_KEY).digest('hex'),
    // A scenario's minutes mean the same wherever its hour begins; what the defaults do is in defaults.test.ts.
    billing: 'anchored' as const,
    maxDelaySeconds: 0,
    networks: Object.fromEntries(Object.entries(CREDENTIALS).map(([host, credentials]) => [host, { credentials }])),
    // So that a lease costs what it costs without a secret.
    existingEndpoints: ['secretsmanager'],
  };
  const synthesizeAll = async () => {
    // The first makes the services' bundles, and the others find them.
    await synthesizeWorld(common, plain);
    await Promise.all([
      synthesizeWorld({ ...common, carrier: 'direct' }, direct),
      synthesizeWorld({ ...common, ...WITH_DOORS }, withHooks),
    ]);
  };
  const synthesized = join(dir, 'synthesized');
  const end = (said: string) => {
    writeFileSync(`${synthesized}-`, said);
    renameSync(`${synthesized}-`, synthesized);
  };
  return {
    dir,
    provided: {
      assembly: assemblyIn(plain),
      assemblyDirect: assemblyIn(direct),
      assemblyWithHooks: assemblyIn(withHooks),
      synthesized,
    },
    done: synthesizeAll().then(
      () => end(''),
      (error: Error) => end(error.message),
    ),
    users: 0,
  };
}
