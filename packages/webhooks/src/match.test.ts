import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMatcher, findSharedAddresses, readDelivery, type ServerName, serverNames } from './index.ts';
import { kinds, sample } from './testing/deliveries.ts';

/** Addresses of one repository each, as its server and its users write them. */
const oneRepository: [server: ServerName, ...addresses: string[]][] = [
  [
    'github',
    'https://github.com/acme/widgets.git',
    'https://github.com/Acme/Widgets',
    'https://github.com/acme/widgets/',
    'https://user:token@github.com/acme/widgets.git',
    'git@github.com:acme/widgets.git',
    'git@github.com:/acme/widgets',
    'github.com:acme/widgets.git',
    'ssh://git@github.com/acme/widgets.git',
    'ssh://git@GitHub.com:22/acme/widgets',
    'ssh://git@ssh.github.com:443/acme/widgets.git',
    'git://github.com/acme/widgets.git',
    'http://github.com:80/acme/widgets.git?x=1#y',
    'https://github.com.:443/acme//widgets.git',
  ],
  [
    'gitlab',
    'https://git.example.com:8443/tools/deep/widgets.git',
    'https://git.example.com:8443/tools/Deep/widgets',
    'ssh://git@git.example.com:2222/tools/deep/widgets.git',
    'git@git.example.com:tools/deep/widgets.git',
    'https://git.example.com:8443/tools/d%65ep/widgets.git',
  ],
  [
    'gitea',
    'https://bücher.example.com/acme/widgets.git',
    'https://xn--bcher-kva.example.com/acme/widgets.git',
    'git@bücher.example.com:acme/widgets.git',
  ],
  ['gogs', 'http://[2001:DB8::1]:3000/acme/widgets.git', 'ssh://git@[2001:db8::1]:2222/acme/widgets.git'],
  [
    'bitbucket',
    'https://bitbucket.example.com/scm/acme/widgets.git',
    'https://bitbucket.example.com/scm/ACME/widgets',
    'https://bitbucket.example.com/context/scm/acme/widgets.git',
    'ssh://git@bitbucket.example.com:7999/acme/widgets.git',
  ],
  [
    'bitbucket',
    'https://bitbucket.example.com/scm/~aiko/widgets.git',
    'https://bitbucket.example.com/scm/%7Eaiko/widgets.git',
    'ssh://git@bitbucket.example.com:7999/~aiko/widgets.git',
  ],
  [
    'gitbucket',
    'https://git.example.com/git/acme/widgets.git',
    'https://git.example.com/gitbucket/git/acme/widgets.git',
    'ssh://git@git.example.com:29418/acme/widgets.git',
    'git@git.example.com/acme/widgets.git',
  ],
  [
    'backlog',
    'https://acme.backlog.com/git/ACME/widgets',
    'https://acme.backlog.com/git/ACME/widgets.git',
    'acme@acme.git.backlog.com:/ACME/widgets.git',
  ],
  [
    'azure-devops',
    'https://dev.azure.com/acme/Tools%20and%20more/_git/widgets',
    'https://acme@dev.azure.com/acme/tools%20and%20more/_git/Widgets',
    'git@ssh.dev.azure.com:v3/acme/Tools%20and%20more/widgets',
    'https://acme.visualstudio.com/Tools%20and%20more/_git/widgets',
    'https://acme.visualstudio.com/DefaultCollection/Tools%20and%20more/_git/_full/widgets',
    'acme@vs-ssh.visualstudio.com:v3/acme/Tools%20and%20more/widgets',
  ],
  [
    'azure-devops',
    'https://azure.example.com/tfs/Main/_git/widgets',
    'https://azure.example.com/tfs/Main/widgets/_git/widgets',
    'ssh://azure.example.com:22/tfs/Main/widgets/_git/widgets',
    'ssh://azure.example.com:22/tfs/Main/_ssh/widgets',
  ],
  ['generic', 'https://git.example.com/a/b.git', 'git@git.example.com:a/b', 'ssh://git.example.com/a/b.git/'],
];

/** Pairs of addresses of two repositories. */
const twoRepositories: [ServerName, string, string][] = [
  ['github', 'https://github.com/acme/widgets', 'https://github.com/acme/widgets2'],
  ['github', 'https://github.com/acme/widgets', 'https://github.example.com/acme/widgets'],
  ['gitea', 'http://localhost:3000/acme/widgets', 'http://localhost:3001/acme/widgets'],
  ['gitea', 'ssh://git@h:2222/acme/widgets', 'ssh://git@h:2223/acme/widgets'],
  ['gitlab', 'https://h/group/widgets', 'https://h/group/deep/widgets'],
  ['gitlab', 'https://h/group/a.git.git', 'https://h/group/a'],
  ['bitbucket', 'https://h/scm/acme/widgets', 'https://h/scm/~acme/widgets'],
  ['azure-devops', 'https://h/tfs/Main/One/_git/widgets', 'https://h/tfs/Main/Two/_git/widgets'],
  ['azure-devops', 'https://h/tfs/Main/_git/widgets', 'https://h/tfs/Other/_git/widgets'],
  ['backlog', 'https://acme.backlog.com/git/ACME/widgets', 'https://acme.backlog.com/git/OTHER/widgets'],
  ['generic', 'https://h/acme/Widgets', 'https://h/acme/widgets'],
];

describe.each(oneRepository)('%s', (server, ...addresses) => {
  it(`knows ${addresses[0]} in all its ways`, () => {
    for (const configured of addresses) {
      const { match } = createMatcher(
        { server },
        { app: configured, other: configured.replaceAll('idgets', 'igwams').replace('a/b', 'a/c') },
      );
      for (const url of addresses) {
        expect(match({ names: [], cloneUrls: [url] }), `${configured} and ${url}`).toEqual(['app']);
      }
    }
  });

  it('reports at synth two repositories that have it', () => {
    for (const url of addresses) {
      expect(findSharedAddresses([{ server }], { b: addresses[0] ?? '', a: url, c: 'https://h/c' })).toEqual([
        ['a', 'b'],
      ]);
    }
  });
});

describe('two repositories', () => {
  it.each(twoRepositories)('of %s are two: %s and %s', (server, one, other) => {
    const { match } = createMatcher({ server }, { one, other });
    expect(match({ names: [], cloneUrls: [one] })).toEqual(['one']);
    expect(match({ names: [], cloneUrls: [other] })).toEqual(['other']);
    expect(findSharedAddresses([{ server }], { one, other })).toEqual([]);
  });
});

describe('a payload', () => {
  const addresses = { app: 'ssh://git@10.0.0.7:2222/acme/widgets.git', web: 'https://git.example.com/acme/web.git' };
  const local = { names: ['acme/widgets', 'widgets'], cloneUrls: ['http://localhost:3000/acme/widgets.git'] };

  it('of a server that calls itself something else is known once the source names its hosts', () => {
    expect(createMatcher({ server: 'gitea' }, addresses).match(local)).toEqual([]);
    for (const hosts of [['10.0.0.7'], ['10.0.0.7:2222'], ['git.example.com', '10.0.0.7']]) {
      expect(createMatcher({ server: 'gitea', hosts }, addresses).match(local)).toEqual(['app']);
    }
    for (const hosts of [['10.0.0.7:22'], ['git.example.com'], ['10.0.0.70']]) {
      expect(createMatcher({ server: 'gitea', hosts }, addresses).match(local)).toEqual([]);
    }
  });

  it('speaks only of repositories on the hosts of its source', () => {
    const matcher = createMatcher({ server: 'gitea', hosts: ['git.example.com'] }, addresses);
    expect(matcher.repositories).toEqual(['web']);
    expect(matcher.match({ names: [], cloneUrls: [addresses.app] })).toEqual([]);
  });

  it('without an address is known by its name, its group first', () => {
    const { match } = createMatcher(
      { server: 'backlog' },
      { one: 'https://h/git/ONE/app', two: 'https://h/git/TWO/app' },
    );
    expect(match({ names: ['ONE/app', 'app'], cloneUrls: [] })).toEqual(['one']);
    expect(match({ names: ['app'], cloneUrls: [] })).toEqual(['one', 'two']);
    expect(match({ names: ['pp'], cloneUrls: [] })).toEqual([]);
    expect(match({ names: ['ONE/app'], cloneUrls: ['https://elsewhere/git/ONE/app'] })).toEqual([]);
  });

  it('of the generic form may call the repository by the name that the configuration has for it', () => {
    const ours = { app: 'https://h/team/widgets.git', web: 'https://h/team/app.git' };
    const { match } = createMatcher({ server: 'generic' }, ours);
    expect(match({ names: ['app'], cloneUrls: [] })).toEqual(['app']);
    expect(match({ names: ['widgets'], cloneUrls: [] })).toEqual(['app']);
    expect(match({ names: ['app'], cloneUrls: ['https://h/team/app'] })).toEqual(['web']);
    expect(createMatcher({ server: 'gitea' }, ours).match({ names: ['app'], cloneUrls: [] })).toEqual(['web']);
  });

  it('of each server is matched with the address that its page gives to clone', () => {
    for (const server of serverNames) {
      for (const kind of kinds) {
        const { delivery, outcome } = sample(server, kind, 'a:b') ?? {};
        if (delivery === undefined || outcome !== 'push') continue;
        const { repository } = readDelivery(server, delivery);
        for (const url of repository.cloneUrls) {
          expect(createMatcher({ server }, { app: url, web: 'https://h/web' }).match(repository)).toEqual(['app']);
        }
      }
    }
  });

  it('with anything at all as names and addresses matches nothing by accident, and throws nothing (property)', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.webUrl(),
      fc.constantFrom('', '/', ':', '@', '.git', '__proto__'),
    );
    fc.assert(
      fc.property(fc.array(text), fc.array(text), fc.constantFrom(...serverNames), (names, cloneUrls, server) => {
        expect(createMatcher({ server }, addresses).match({ names, cloneUrls })).toEqual([]);
        expect(findSharedAddresses([{ server }], Object.fromEntries(names.map((name) => [name, name])))).toBeInstanceOf(
          Array,
        );
      }),
    );
  });
});

it('a thousand repositories are compared in one pass, and each pair is reported once', () => {
  const addresses = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, n) => [`r${n}`, `https://git.example.com/g/r${n % 999}`]),
  );
  expect(findSharedAddresses([{ server: 'gitlab' }, { server: 'github' }], addresses)).toEqual([['r0', 'r999']]);
});
