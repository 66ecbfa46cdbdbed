import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import userConfig from '../hourglass.config.ts';
import { ConfigurationInvalid, type configSchema, type HourglassConfigInput, parseConfig } from './config.ts';
import { exampleConfig } from './example-config.ts';
import { loadConfig } from './load-config.ts';

const faultsOf = (input: unknown): string[] => {
  try {
    parseConfig(input);
  } catch (error) {
    if (error instanceof ConfigurationInvalid) return error.message.split('\n');
    throw error;
  }
  return [];
};
const faultsWith = (change: Record<string, unknown>) => faultsOf({ ...exampleConfig, ...change });

describe('a configuration', () => {
  test('is valid as shipped', () => {
    expect(faultsOf(userConfig)).toEqual([]);
  });

  test('has defaults for what is left out', () => {
    expect(parseConfig(exampleConfig)).toMatchObject({
      billing: 'unknown',
      teardownLeadSeconds: 420,
      maxDelaySeconds: 600,
      repositoryDelaySeconds: {},
      maxParallelTasks: 10,
      maxRepositoriesPerTask: 20,
      taskTimeLimitSeconds: 3600,
      maxAttempts: 3,
      retryWithinSeconds: 21_600,
      maxCreateFailures: 5,
      task: { cpu: 256, memoryMiB: 1024 },
    });
    const { endpointSubnets } = parseConfig({ ...exampleConfig, endpointSubnets: undefined });
    expect(endpointSubnets).toEqual([{ subnet: exampleConfig.taskSubnets[0], zone: undefined }]);
  });

  test('takes as a map what it takes as lists', () => {
    const map = parseConfig({
      ...exampleConfig,
      repositories: {
        app: { source: 'https://git.example.com/group/app.git', maxDelay: '15m' },
        web: { destination: 'team-web', maxDelay: '1h' },
        docs: {},
      },
    });
    const lists = parseConfig({
      ...exampleConfig,
      repositories: ['app', 'web', 'docs'],
      destinations: { web: 'team-web' },
      repositoryDelaySeconds: { app: 900, web: 3600 },
    });
    const repositorySources = { app: 'https://git.example.com/group/app.git' };
    expect(map).toEqual({ ...lists, repositorySources });
  });

  test('is typed as its documented interface says', () => {
    type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;
    expectTypeOf<Frozen<z.input<typeof configSchema>>>().toExtend<HourglassConfigInput>();
    expectTypeOf<HourglassConfigInput>().toExtend<Frozen<z.input<typeof configSchema>>>();
    expectTypeOf<keyof HourglassConfigInput>().toEqualTypeOf<keyof z.input<typeof configSchema>>();
  });

  test('has a wrong value repeated, unless it may be a secret', () => {
    expect(faultsWith({ maxAttempts: 99 })).toEqual(['maxAttempts: must be at most 10; it is 99']);
    expect(faultsWith({ vpcId: 'vpc-x' })[0]).toMatch(/; it is "vpc-x"$/);
    for (const secret of [
      { apiKeySha256: 'hunter2' },
      { destinationPrefix: 'ftp://me:hunter2@codecommit' },
      { repositories: { app: { source: 'ftp://me:hunter2@git.example.com/app' } } },
      { webhooks: { main: { server: 'gitlab', secret: 'hunter2!' } } },
      { sources: { hosts: ['a'], cidrs: ['10.0.0.0/8'], networks: { a: { credentials: { bucket: 'hunter2!' } } } } },
    ]) {
      const faults = faultsWith(secret);
      expect(faults).not.toEqual([]);
      expect(faults.join('\n')).not.toContain('hunter2');
    }
  });

  test('takes an image of the Region that a Local Zone belongs to', () => {
    const endpointSubnets = [{ subnet: 'subnet-0aaaaaaaaaaaaaaa1', zone: 'us-west-2-lax-1a' }];
    const image = { uri: '111111111111.dkr.ecr.us-west-2.amazonaws.com/task:1' };
    const sources = { hosts: ['a.test'], cidrs: ['10.0.0.0/8'] };
    expect(faultsWith({ endpointSubnets, image, sources })).toEqual([]);
  });

  test('has one line for a repository that is named twice', () => {
    expect(faultsWith({ repositories: ['app', 'app'] })).toHaveLength(1);
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      'a malformed id in a list',
      { taskSubnets: ['subnet-0aaaaaaaaaaaaaaa1', 'sn-1'] },
      'taskSubnets[1]: must be an id such as subnet-0123456789abcdef0',
    ],
    ['a missing key', { vpcId: undefined }, "vpcId: is missing (such as 'vpc-0123456789abcdef0')"],
    [
      'a missing object',
      { sources: undefined },
      "sources: is missing (such as { hosts: ['git.example.com'], cidrs: ['192.168.0.0/16'] })",
    ],
    [
      'a missing image',
      { image: undefined },
      'image: is missing (must be { build: true } or { uri: "<an image in ECR>" }; a sealed subnet pulls from ECR only)',
    ],
    ...(
      [
        [
          { 'group/app': {} },
          "repositories.group/app: has a slash, which CodeCommit's names have not: write group-app: { source: 'https://…' } in repositories",
        ],
        [
          ['group/app'],
          "repositories[0]: has a slash, which CodeCommit's names have not: write group-app: { source: 'https://…' } in repositories",
        ],
        [
          { app: { source: 'https://git.other.com/app.git' } },
          'repositories.app.source: is at git.other.com, which is none of sources.hosts (git.example.com, localhost:8080)',
        ],
        [
          { app: { source: 'https://u:secret@git.example.com/app.git' } },
          'repositories.app.source: must not hold credentials: they belong to the deployment, not into a request',
        ],
        [
          { app: { source: 'app.git' } },
          'repositories.app.source: must be an https, http or ssh URL, or user@host:path',
        ],
        [{ app: { maxDelay: '15' } }, 'repositories.app.maxDelay: must be a length of time such as 90s, 15m or 2h'],
        [{ app: { maxDelay: '25h' } }, 'repositories.app.maxDelay: must be at most 1d'],
        [{ app: { maxdelay: '1h' } }, 'repositories.app.maxdelay: unknown key; did you mean maxDelay?'],
        [
          { app: 'https://git.example.com/app.git' },
          'repositories.app: is "https://git.example.com/app.git" (such as { source: \'https://git.example.com/app.git\' })',
        ],
        [
          { app: { destination: 'web' }, web: {} },
          'repositories.app.destination: must be another name: app and web would both go to web',
        ],
        [{}, 'repositories: must name at least 1'],
        ['app', "repositories: must be { app: { source: 'https://git.example.com/app.git' } }, or a list of names"],
      ] as const
    ).map(([repositories, fault]): [string, Record<string, unknown>, string] => [
      `repositories ${JSON.stringify(repositories)}`,
      { repositories },
      fault,
    ]),
    [
      'a destination said twice',
      { repositories: { app: { destination: 'web' } }, destinations: { app: 'other' } },
      'destinations.app: is other, and repositories.app says web: leave one of them out',
    ],
    [
      'an unknown key',
      { sources: { hosts: ['a'], cidrs: ['10.0.0.0/8'], port: 1 } },
      'sources.port: unknown key; did you mean ports?',
    ],
    [
      'an unknown key that is near to none',
      { sources: { hosts: ['a'], cidrs: ['10.0.0.0/8'], firewall: 1 } },
      'sources.firewall: unknown key; known here: hosts, cidrs, ports, networks',
    ],
    ['a key in other letters', { VPCID: 'vpc-1' }, 'VPCID: unknown key; did you mean vpcId?'],
    [
      'a range with a leading zero',
      { vpcCidrs: ['01.0.0.0/8'] },
      'vpcCidrs[0]: must be an IPv4 range such as 10.0.0.0/16',
    ],
    ...['192.168.10.7', 'fd00::7'].map((address): [string, Record<string, unknown>, string] => [
      `an address that no task may reach, ${address}`,
      { sources: { hosts: ['a.test'], cidrs: ['10.0.0.0/8'], networks: { 'a.test': { address } } } },
      'sources.networks.a.test.address: must be in one of sources.cidrs (10.0.0.0/8)',
    ]),
    ...(
      [
        ['image.uri', { image: { uri: '111111111111.dkr.ecr.eu-west-1.amazonaws.com/task:1' } }],
        ['destinationPrefix', { destinationPrefix: 'codecommit::eu-west-1://' }],
        [
          'sources.networks.a.test.credentials.secretArn',
          {
            sources: {
              hosts: ['a.test'],
              cidrs: ['10.0.0.0/8'],
              networks: {
                'a.test': {
                  credentials: { secretArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:git-AbCdEf' },
                },
              },
            },
          },
        ],
      ] as const
    ).map(([key, change]): [string, Record<string, unknown>, string] => [
      `${key} in another Region`,
      { endpointSubnets: [{ subnet: 'subnet-0aaaaaaaaaaaaaaa1', zone: 'ap-northeast-1a' }], ...change },
      `${key}: must be in ap-northeast-1, where the endpoints are, not in eu-west-1: no endpoint leads to another Region`,
    ]),
    [
      'a subnet named twice',
      { taskSubnets: ['subnet-0aaaaaaaaaaaaaaa1', 'subnet-0aaaaaaaaaaaaaaa1'] },
      'taskSubnets: must not name one twice',
    ],
    [
      'two endpoint subnets in one Zone',
      { endpointSubnets: [1, 2].map((n) => ({ subnet: `subnet-0aaaaaaaaaaaaaaa${n}`, zone: 'ap-northeast-1a' })) },
      'endpointSubnets[1].zone: must not be ap-northeast-1a again: name one subnet per Zone',
    ],
    [
      'one endpoint subnet twice',
      { endpointSubnets: ['a', 'c'].map((z) => ({ subnet: 'subnet-0aaaaaaaaaaaaaaa1', zone: `ap-northeast-1${z}` })) },
      'endpointSubnets[1].subnet: must not be named twice',
    ],
    [
      'several endpoint subnets, of which one does not say its Zone',
      {
        endpointSubnets: [
          { subnet: 'subnet-0aaaaaaaaaaaaaaa1', zone: 'ap-northeast-1a' },
          { subnet: 'subnet-0aaaaaaaaaaaaaaa2' },
        ],
      },
      'endpointSubnets[1].zone: must be said where there are several',
    ],
    [
      'a Zone that is a Region',
      { endpointSubnets: [{ subnet: 'subnet-0aaaaaaaaaaaaaaa1', zone: 'ap-northeast-1' }] },
      'endpointSubnets[0].zone: must be an Availability Zone such as ap-northeast-1a',
    ],
    [
      'a network of a host that no request may name',
      { sources: { hosts: ['a.test'], cidrs: ['10.0.0.0/8'], networks: { 'b.test': { address: '10.0.0.7' } } } },
      'sources.networks.b.test: must be one of sources.hosts, in lower case (a.test)',
    ],
    [
      'an address that is a name',
      { sources: { hosts: ['a.test'], cidrs: ['10.0.0.0/8'], networks: { 'a.test': { address: 'b.test' } } } },
      'sources.networks.a.test.address: must be an IP address such as 192.168.10.7',
    ],
    [
      'a certificate bundle that is a path',
      { sources: { hosts: ['a.test'], cidrs: ['10.0.0.0/8'], networks: { 'a.test': { caBundle: '/etc/ca.pem' } } } },
      'sources.networks.a.test.caBundle: must be PEM text: readFileSync(<file>, "utf8")',
    ],
    ...(
      [
        [
          { bucket: 'team-git', key: 'git/*.json' },
          ".key: must be the key of an object: letters, digits and !-_.'()/ only",
        ],
        [{ bucket: 'Team', key: 'git.json' }, '.bucket: must be the name of a bucket'],
        [
          { bucket: 'b-1', key: 'k', kmsKeyArn: 'arn:aws:kms:ap-northeast-1:111111111111:alias/git' },
          '.kmsKeyArn: must be the ARN of a key, not of an alias',
        ],
        [
          { secretArn: 'arn:aws:secretsmanager:ap-northeast-1:111111111111:secret:git' },
          '.secretArn: must be the whole ARN of a secret, with the six characters at its end',
        ],
        [
          { username: 'me', password: 'x' },
          ': must be { bucket, key } of an object in S3, or { secretArn }; with kmsKeyArn if the key is your own',
        ],
      ] as const
    ).map(([credentials, fault]): [string, Record<string, unknown>, string] => [
      `credentials such as ${JSON.stringify(credentials)}`,
      { sources: { hosts: ['a.test'], cidrs: ['10.0.0.0/8'], networks: { 'a.test': { credentials } } } },
      `sources.networks.a.test.credentials${fault}`,
    ]),
    [
      'more credentials than the policies of a role can name',
      {
        sources: {
          hosts: Array.from({ length: 9 }, (_, n) => `h${n}.test`),
          cidrs: ['10.0.0.0/8'],
          networks: Object.fromEntries(
            Array.from({ length: 9 }, (_, n) => [
              `h${n}.test`,
              { credentials: { bucket: 'team-git', key: `${n}`.repeat(200) } },
            ]),
          ),
        },
      },
      "sources.networks: names credentials that take more than 1400 characters together (a role's policies are limited to 10,240): let hosts share them, or shorten the keys",
    ],
    ['an empty list', { taskSubnets: [] }, 'taskSubnets: must name at least 1'],
    ['a range that is none', { vpcCidrs: ['10.0.0.0/33'] }, 'vpcCidrs[0]: must be an IPv4 range such as 10.0.0.0/16'],
    ['a deployment name too long', { deployment: 'd'.repeat(25) }, 'deployment: must be at most 24 characters'],
    [
      'a deployment name with capitals',
      { deployment: 'Main' },
      'deployment: must be lower-case letters, digits and hyphens, beginning with a letter',
    ],
    ['a number in quotes', { maxAttempts: '3' }, 'maxAttempts: must be a whole number'],
    ['a lead beyond the hour', { teardownLeadSeconds: 3600 }, 'teardownLeadSeconds: must be at most 1800 seconds'],
    ['a fraction of a second', { maxDelaySeconds: 0.5 }, 'maxDelaySeconds: must be a whole number of seconds'],
    ['an unknown billing reading', { billing: 'hourly' }, 'billing: must be anchored, clock or unknown'],
    [
      'a key instead of its hash',
      { apiKeySha256: 'secret' },
      'apiKeySha256: must be 64 hex digits: printf %s "$KEY" | sha256sum',
    ],
    [
      'no route table for a gateway',
      { routeTables: [] },
      "routeTables: must name the task subnets' route tables, since a gateway endpoint is to be created",
    ],
    [
      'a command without words',
      { commands: { list: { command: [] } } },
      'commands.list.command: must have at least one word, such as ["aws", "s3", "ls"]',
    ],
    [
      'a size Fargate lacks',
      { task: { cpu: 256, memoryMiB: 4096 } },
      'task: must be a cpu and memoryMiB that Fargate offers together, such as 256 with 512, 1024 or 2048',
    ],
    [
      'an image out of reach',
      { image: { uri: 'docker.io/library/alpine:3' } },
      'image.uri: must be an image in ECR: <account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>',
    ],
    [
      'an image neither built nor named',
      { image: { build: false } },
      'image: must be { build: true } or { uri: "<an image in ECR>" }; a sealed subnet pulls from ECR only',
    ],
    [
      'a delay of an unnamed repository',
      { repositories: ['app'], repositoryDelaySeconds: { web: 60 } },
      'repositoryDelaySeconds.web: must be one of the repositories',
    ],
    [
      'a delay that is negative',
      { repositoryDelaySeconds: { app: -1 } },
      'repositoryDelaySeconds.app: must be at least 0 seconds',
    ],
    [
      'a destination of an unnamed repository',
      { repositories: ['app'], destinations: { web: 'team-web' } },
      'destinations.web: must be one of the repositories',
    ],
    [
      'two repositories that would go to one place',
      { repositories: ['app', 'web'], destinations: { web: 'app' } },
      'destinations.web: must be another name: app and web would both go to app',
    ],
    [
      'a destination that is another repository’s own',
      { destinations: { web: 'app' } },
      'destinations.web: must be another name: web and app would both go to app',
    ],
    [
      'two repositories, of which one has a name that objects know',
      { repositories: ['constructor', 'web'], destinations: { web: 'constructor' } },
      'destinations.web: must be another name: constructor and web would both go to constructor',
    ],
    [
      'a repository that CodeCommit could not have',
      { repositories: ['app.git'] },
      'repositories[0]: must not end in .git, as CodeCommit demands',
    ],
    [
      "more repositories than a role's policies hold",
      { repositories: Array.from({ length: 900 }, (_, n) => `r${n}`) },
      "repositories: must be fewer: of 900 names a role's policies hold 774, each by its ARN; make two deployments of them, or leave `repositories` out to allow every one of the account",
    ],
    [
      'a client by a name that is no ARN',
      { clients: ['git-server'] },
      "clients[0]: must be an account's 12 digits, or the ARN of a role or user in it, without wildcards: arn:aws:iam::444455556666:role/git-server",
    ],
    [
      'a client that is everybody of an account by its ARN',
      { clients: ['arn:aws:iam::444455556666:role/*'] },
      "clients[0]: must be an account's 12 digits, or the ARN of a role or user in it, without wildcards: arn:aws:iam::444455556666:role/git-server",
    ],
    [
      'a client whose account may as a whole',
      { clients: ['444455556666', 'arn:aws:iam::444455556666:user/ci'] },
      'clients[1]: is of 444455556666, of which everybody may already, since it is named itself: leave one of them out',
    ],
    [
      'a destination without its end',
      { destinationPrefix: 'https://mirror.example.com' },
      'destinationPrefix: must be codecommit::<region>:// or an http(s) URL that ends in /',
    ],
  ])('with %s is refused by its key', (_, change, fault) => {
    // That the value is repeated has a test of its own.
    expect(faultsWith(change).map((line) => line.replace(/; it is .*/, ''))).toContain(fault);
  });

  test('with commands too long for a function environment is refused', () => {
    expect(faultsWith({ commands: { long: { command: ['x'.repeat(3000)] } } })[0]).toMatch(
      /^commands: takes 3013 bytes, and may take 2600 \(a function's environment/,
    );
  });

  test('with several faults names them all', () => {
    expect(faultsWith({ vpcId: 'x', billing: 'x', taskSubnets: [] })).toHaveLength(3);
  });
});

describe('a configuration file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'hourglass-config-'));
  const write = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };

  test('may be JSON', async () => {
    await expect(loadConfig(write('good.json', JSON.stringify(exampleConfig)))).resolves.toEqual(
      parseConfig(exampleConfig),
    );
  });

  test.each([
    ['broken.json', '{', /broken\.json:\n {2}.*JSON/],
    ['empty.mjs', 'export const config = {};', /empty\.mjs:\n {2}has no default export/],
    ['throws.mjs', 'export default nowhere;', /throws\.mjs:\n {2}nowhere is not defined/],
    ['faulty.mjs', 'export default { deployment: "main" };', /faulty\.mjs:\n {2}vpcId: is missing/],
  ])('%s is refused with the reason', async (name, text, message) => {
    const refusal = expect(loadConfig(write(name, text))).rejects;
    await refusal.toThrow(ConfigurationInvalid);
    await expect(loadConfig(join(directory, name))).rejects.toThrow(message);
  });

  test('that is not there is refused with its path', async () => {
    await expect(loadConfig(join(directory, 'nowhere.ts'))).rejects.toThrow(/nowhere\.ts/);
  });
});
