/** Synthesizes the deployment `test` once for all scenarios. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesizeWorld } from '@hourglass/cli';
import { serverNames } from '@hourglass/webhooks';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    assembly: string;
    /** The same with named repositories, a git server of every kind that may call, tags, and every way out. */
    assemblyWithHooks: string;
    /** The same whose mirrors go by the direct carrier, unless a test says otherwise. */
    assemblyDirect: string;
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
  tellOnce: { email: 'team@example.com' },
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

export default async function setup(project: TestProject): Promise<() => void> {
  const dir = mkdtempSync(join(tmpdir(), 'hourglass-scenarios-'));
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
  const withHooks = join(dir, 'with-hooks');
  mkdirSync(withHooks);
  const direct = join(dir, 'direct');
  mkdirSync(direct);
  const [assembly, assemblyDirect, assemblyWithHooks] = await Promise.all([
    synthesizeWorld(common, dir),
    synthesizeWorld({ ...common, carrier: 'direct' }, direct),
    synthesizeWorld({ ...common, ...WITH_DOORS }, withHooks),
  ]);
  project.provide('assembly', assembly);
  project.provide('assemblyDirect', assemblyDirect);
  project.provide('assemblyWithHooks', assemblyWithHooks);
  return () => rmSync(dir, { recursive: true, force: true });
}
