/** What people and their machines write: names, patterns, addresses, .netrc, proxies, headers. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { bytesOf, decodeWords, isRefName, readShown, show } from '../../../packages/relay/src/protocol/ref-name.ts';
import { createRedact, hideInAddress } from '../../../packages/relay/src/redact.ts';
import { parseRemote } from '../../../packages/relay/src/remote.ts';
import { selectMapped, selectRefs, unmatched } from '../../../packages/relay/src/select-refs.ts';
import { schemesOf } from '../../../packages/relay/src/transport/challenge.ts';
import { findLogin } from '../../../packages/relay/src/transport/netrc.ts';
import { proxyFor } from '../../../packages/relay/src/transport/proxy.ts';
import { parseRetryAfter } from '../../../packages/relay/src/transport/retry.ts';
import { resolveRemote } from '../../../packages/sources/src/remote.ts';
import { sourceHost } from '../../../shared/src/source-host.ts';
import { mayRefuse, type Target } from '../target.ts';

const OID = '0123456789abcdef0123456789abcdef01234567';
const text = (bytes: Buffer) => bytes.toString('utf8');

export const texts: Record<string, Target> = {
  'shown-name': {
    run(bytes) {
      const name = bytes.toString('latin1').replaceAll('\\', '/');
      equal(readShown(show(name)), name);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal would act on
      ok(!/[\x00-\x1f\x7f-\x9f]/.test(show(name)));
      decodeWords(bytes.toString('latin1'));
      if (isRefName(name)) ok(!/[ ~^:?*[]/.test(name));
    },
    seeds: ['refs/heads/caf\xe9', bytesOf('refs/heads/全角\u3000\u0085'), 'a\xed\xa0\x80b', '\xf4\x90\x80\x80'],
  },
  patterns: {
    run: (bytes) =>
      mayRefuse(() => {
        const [include = '', map = '', name = ''] = text(bytes).split('\n');
        const refs = new Map(
          [`refs/heads/${bytesOf(name)}`, 'refs/heads/main', 'refs/tags/v1'].map((ref) => [ref, OID]),
        );
        const selection = { include: [include], map: map === '' ? [] : [map] };
        const selected = selectRefs(refs, selection);
        equal(selectMapped(refs, selection).size, selected.size);
        deepEqual(
          unmatched(refs, { include: [include] }).include.length === 0,
          selectRefs(refs, { include: [include] }).size > 0,
        );
      }),
    seeds: ['r*l*/x\nrefs/heads/*:refs/heads/team/*\nrel/x', 'caf\\xe9\nmain:trunk\nx', '*a*a*a*b\n\naaaaaaaa'],
  },
  address: {
    async run(bytes) {
      const given = text(bytes);
      hideInAddress(given);
      createRedact([given])(given);
      const takes = async (read: () => unknown) => {
        try {
          await read();
          return true;
        } catch (error) {
          if (!/^(MirrorRefused|RemoteRefused|PermanentError)$/.test((error as Error).name)) throw error;
          return false;
        }
      };
      const isAdmitted = (await takes(() => sourceHost(given))) && (await takes(() => resolveRemote(given)));
      // What the door and the task take, the relay must not refuse after a paid hour.
      if (isAdmitted) ok(await takes(() => parseRemote(resolveRemote(given).url, 'source')), given);
      else await takes(() => parseRemote(given, 'source'));
    },
    seeds: [
      'https://me:p%40ss@host.test:8443/team/app.git/',
      'ssh://git@[::1]:2222/~me/a%20b',
      'git@[h:22]:x',
      'codecommit::eu-west-1://me@x',
      'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/x',
      'file:///a%2f..%2fb',
      'https://h/%2e%2e/x',
    ],
  },
  redaction: {
    run(bytes) {
      // A password of whatever is not a blank, put unencoded into an address: nothing that is printed has it.
      const secret = `Qz7${text(bytes)
        .replace(/[\s\p{C}'"<>]/gu, '')
        .slice(0, 40)}7zQ`;
      const address = `https://me:${secret}@host.test/app`;
      const holdsNot = (said: string) => ok(!said.includes(secret), said);
      holdsNot(hideInAddress(address));
      holdsNot(createRedact([address])(`cannot reach ${address}: ${secret} is refused`));
      try {
        parseRemote(address, 'source');
      } catch (error) {
        holdsNot((error as Error).message);
      }
    },
    seeds: ['p#w/d?x@y:z', '%41%zz', 'a&token=b;c', '://@', '\\u@h'],
  },
  netrc: {
    run(bytes) {
      for (const user of [undefined, 'me']) {
        const found = findLogin(text(bytes), 'host.test', user);
        ok(found === undefined || typeof found.password === 'string');
      }
    },
    seeds: [
      'machine host.test login me password "a \\"b\\" c"\nmacdef init\nbin\n\ndefault login x password y',
      '# c\nmachine h account a\nmachine host.test password p',
    ],
  },
  headers: {
    run: (bytes) =>
      mayRefuse(() => {
        const [challenge = '', retry = '', proxy = '', except = ''] = bytes.toString('latin1').split('\n');
        schemesOf(challenge);
        const ms = parseRetryAfter(retry, 0);
        ok(ms === undefined || ms >= 0);
        proxyFor('https://host.test/x', { https_proxy: proxy, no_proxy: except });
        proxyFor('http://10.1.2.3:80/x', { http_proxy: proxy, no_proxy: except });
      }),
    seeds: [
      'Basic realm="a, \\"b", Bearer error=x\n120\nhttp://u:p@proxy:3128\n.test,10.0.0.0/8,[::1]:80 *',
      'Negotiate, NTLM\nThu, 01 Jan 2026 00:00:30 GMT\nproxy:80\nhost',
    ],
  },
};
