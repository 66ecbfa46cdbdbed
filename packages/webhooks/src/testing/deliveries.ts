/** Deliveries of each server: what it sends and how it signs, made apart from the code that reads them. */
import { createHmac } from 'node:crypto';
import type { Delivery, DeliveryHeaders, RefChange } from '../delivery.ts';
import type { ServerName } from '../servers.ts';
import * as payloads from './payloads.ts';

const { NEW, OLD, ZERO } = payloads;

export const RECEIVED_AT_MS = Date.UTC(2026, 10, 27, 12);
const ID = 'f6266f16-1bf3-46a5-9ea4-602e06ead473';
const UTF_8 = 'ゆるふわ 🍣 Ünïcode + 100 % & "=" \\';

/** What is pushed to; the two last only where a server sends them so. */
export const kinds = ['push', 'tag', 'delete', 'ping', 'other', 'utf-8', 'form', '1 MB'] as const;
export type Kind = (typeof kinds)[number];

export interface Sample {
  readonly delivery: Delivery;
  readonly outcome: 'push' | 'ping' | 'ignored';
  readonly refs: readonly RefChange[];
}

interface Sent {
  event: string;
  payload: object;
  outcome: Sample['outcome'];
  refs?: RefChange[];
  form?: boolean;
}

const main = { ref: 'refs/heads/main', deleted: false };
const tag = { ref: 'refs/tags/v1.0', deleted: false };
const gone = { ref: 'refs/heads/old', deleted: true };
const odd = { ref: `refs/heads/${UTF_8.replaceAll(/[ \\]/g, '-')}`, deleted: false };
const MEGABYTE_OF_MESSAGES = 'Long message. '.repeat(75_000);

/** What each server sends of a kind; undefined where it has no such thing. */
function sentBy(server: ServerName, kind: Kind): Sent | undefined {
  switch (server) {
    case 'github':
    case 'gitbucket':
    case 'gitea':
    case 'forgejo':
    case 'gogs':
      return gitHubLike(server, kind);
    case 'gitlab':
      return {
        push: { event: 'Push Hook', payload: payloads.gitLab('push', main.ref, OLD, NEW), refs: [main] },
        tag: { event: 'Tag Push Hook', payload: payloads.gitLab('tag_push', tag.ref, ZERO, NEW), refs: [tag] },
        delete: { event: 'Push Hook', payload: payloads.gitLab('push', gone.ref, OLD, ZERO), refs: [gone] },
        ping: undefined,
        other: { event: 'Issue Hook', payload: { object_kind: 'issue', project: { name: 'widgets' } } },
        'utf-8': { event: 'Push Hook', payload: payloads.gitLab('push', odd.ref, OLD, NEW, UTF_8), refs: [odd] },
        form: undefined,
        '1 MB': {
          event: 'Push Hook',
          payload: payloads.gitLab('push', main.ref, OLD, NEW, MEGABYTE_OF_MESSAGES),
          refs: [main],
        },
      }[kind] as Sent | undefined;
    case 'bitbucket': {
      const branch = (id: string, type: 'ADD' | 'UPDATE' | 'DELETE') => ({ id, kind: 'BRANCH' as const, type });
      const changed = 'repo:refs_changed';
      return {
        push: { event: changed, payload: payloads.bitbucket([branch(main.ref, 'UPDATE')]), refs: [main] },
        tag: { event: changed, payload: payloads.bitbucket([{ id: tag.ref, kind: 'TAG', type: 'ADD' }]), refs: [tag] },
        delete: { event: changed, payload: payloads.bitbucket([branch(gone.ref, 'DELETE')]), refs: [gone] },
        ping: { event: 'diagnostics:ping', payload: { test: true } },
        other: { event: 'pr:opened', payload: { eventKey: 'pr:opened', pullRequest: { id: 1 } } },
        'utf-8': { event: changed, payload: payloads.bitbucket([branch(odd.ref, 'ADD')], UTF_8), refs: [odd] },
        form: undefined,
        '1 MB': {
          event: changed,
          payload: payloads.bitbucket([branch(main.ref, 'UPDATE')], MEGABYTE_OF_MESSAGES),
          refs: [main],
        },
      }[kind] as Sent | undefined;
    }
    case 'backlog':
      return {
        push: { event: '', payload: payloads.backlog(main.ref, OLD, NEW), refs: [main], form: true },
        tag: { event: '', payload: payloads.backlog(tag.ref, ZERO, NEW), refs: [tag], form: true },
        delete: { event: '', payload: payloads.backlog(gone.ref, OLD, ZERO), refs: [gone], form: true },
        ping: undefined,
        other: {
          event: '',
          payload: { id: 1, type: 1, project: { projectKey: 'ACME' }, content: { summary: 'A wish' } },
        },
        'utf-8': { event: '', payload: payloads.backlog(odd.ref, OLD, NEW, UTF_8), refs: [odd], form: true },
        form: { event: '', payload: payloads.backlog(main.ref, OLD, NEW), refs: [main], form: true },
        '1 MB': {
          event: '',
          payload: payloads.backlog(main.ref, OLD, NEW, MEGABYTE_OF_MESSAGES),
          refs: [main],
          form: true,
        },
      }[kind] as Sent | undefined;
    case 'azure-devops':
      return {
        push: { event: '', payload: payloads.azure(main.ref, OLD, NEW), refs: [main] },
        tag: { event: '', payload: payloads.azure(tag.ref, ZERO, NEW), refs: [tag] },
        delete: { event: '', payload: payloads.azure(gone.ref, OLD, ZERO), refs: [gone] },
        ping: {
          event: '',
          payload: { ...payloads.azure(main.ref, OLD, NEW), subscriptionId: '00000000-0000-0000-0000-000000000000' },
        },
        other: { event: '', payload: { id: ID, eventType: 'workitem.created', resource: { id: 5 } } },
        'utf-8': { event: '', payload: payloads.azure(odd.ref, OLD, NEW, UTF_8), refs: [odd] },
        form: undefined,
        '1 MB': { event: '', payload: payloads.azure(main.ref, OLD, NEW, MEGABYTE_OF_MESSAGES), refs: [main] },
      }[kind] as Sent | undefined;
    case 'generic': {
      const body = (more: object) => ({
        id: ID,
        repository: 'acme/widgets',
        cloneUrl: 'https://git.example.com/acme/widgets',
        ...more,
      });
      return {
        push: { event: '', payload: body({ ref: main.ref }), refs: [main] },
        tag: { event: '', payload: body({ refs: [tag.ref] }), refs: [tag] },
        delete: { event: '', payload: body({ refs: [gone] }), refs: [gone] },
        ping: { event: '', payload: { event: 'ping' } },
        other: { event: '', payload: body({ event: 'deploy' }) },
        'utf-8': { event: '', payload: body({ ref: odd.ref, note: UTF_8 }), refs: [odd] },
        form: { event: '', payload: body({ ref: main.ref }), refs: [main], form: true },
        '1 MB': { event: '', payload: body({ ref: main.ref, note: MEGABYTE_OF_MESSAGES }), refs: [main] },
      }[kind] as Sent | undefined;
    }
  }
}

function gitHubLike(server: ServerName, kind: Kind): Sent | undefined {
  const shape = payloads.gitHubShape(`${server}.example.com`, server === 'gitbucket' ? '/git' : '');
  const push = (ref: RefChange, before: string, after: string, messages?: string[]): Sent => {
    const flags = server === 'github' ? { created: before === ZERO, deleted: after === ZERO, forced: false } : {};
    return {
      event: 'push',
      payload: { ...shape.push(ref.ref, before, after, messages), ...flags },
      outcome: 'push',
      refs: [ref],
    };
  };
  const byName = server === 'gogs' || server === 'gitea' || server === 'forgejo';
  switch (kind) {
    case 'push':
      return push(main, OLD, NEW);
    case 'tag':
      // Gogs sends a tag as `create` alone.
      return server === 'gogs'
        ? { event: 'create', payload: shape.change('v1.0', 'tag'), outcome: 'push', refs: [tag] }
        : push(tag, ZERO, NEW);
    case 'delete':
      return byName
        ? { event: 'delete', payload: shape.change('old', 'branch'), outcome: 'push', refs: [gone] }
        : push(gone, OLD, ZERO);
    case 'ping':
      return server === 'github'
        ? {
            event: 'ping',
            payload: { zen: 'Keep it logically awesome.', hook_id: 1, hook: { type: 'Organization' } },
            outcome: 'ping',
          }
        : undefined;
    case 'other':
      return { event: 'issues', payload: shape.other, outcome: 'ignored' };
    case 'utf-8':
      return push(odd, OLD, NEW, [UTF_8]);
    case 'form':
      return { ...push(odd, OLD, NEW, [UTF_8]), form: true };
    case '1 MB':
      return push(main, OLD, NEW, [MEGABYTE_OF_MESSAGES]);
  }
}

const hmac = (secret: string, text: string | Uint8Array, algorithm = 'sha256') =>
  createHmac(algorithm, secret).update(text).digest('hex');

/** The headers that the server's own code sends, and the address where that is what carries the secret. */
function signedBy(server: ServerName, { event }: Sent, json: string, body: string, secret: string) {
  const hub = (text: string) => ({
    'x-hub-signature': `sha1=${hmac(secret, text, 'sha1')}`,
    'x-hub-signature-256': `sha256=${hmac(secret, text)}`,
  });
  const gitHub = { 'x-github-event': event, 'x-github-delivery': ID };
  const gogs = { ...gitHub, 'x-gogs-event': event, 'x-gogs-delivery': ID, 'x-gogs-signature': hmac(secret, json) };
  const gitea = {
    ...gogs,
    ...hub(json),
    'x-gitea-event': event,
    'x-gitea-delivery': ID,
    'x-gitea-signature': hmac(secret, json),
  };
  switch (server) {
    case 'github':
    case 'gitbucket':
      return { headers: { ...gitHub, ...hub(body) } };
    case 'gogs':
      return { headers: gogs };
    case 'gitea':
      return { headers: gitea };
    case 'forgejo':
      return {
        headers: {
          ...gitea,
          'x-forgejo-event': event,
          'x-forgejo-delivery': ID,
          'x-forgejo-signature': hmac(secret, json),
        },
      };
    case 'gitlab': {
      const headers = { 'x-gitlab-event': event, 'idempotency-key': ID, 'x-gitlab-event-uuid': 'another-one' };
      if (!secret.startsWith('whsec_')) return { headers: { ...headers, 'x-gitlab-token': secret } };
      return { headers: { ...headers, ...standardHeaders(secret, body) } };
    }
    case 'bitbucket': {
      const headers = { 'x-event-key': event, 'x-request-id': ID };
      // Its test of the connection is never signed.
      if (event === 'diagnostics:ping') return { headers };
      return { headers: { ...headers, 'x-hub-signature': `sha256=${hmac(secret, body)}` } };
    }
    case 'backlog':
      return { headers: {}, query: `token=${encodeURIComponent(secret)}` };
    case 'azure-devops':
      return { headers: { authorization: `Basic ${Buffer.from(secret).toString('base64')}` } };
    case 'generic':
      return { headers: { 'x-hub-signature-256': `sha256=${hmac(secret, body)}` } };
  }
}

/** As Standard Webhooks sign. */
export function standardHeaders(secret: string, body: string, atMs = RECEIVED_AT_MS): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1_000));
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${ID}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': ID, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** As Go, whose servers send most of the forms, writes one. */
export function asForm(json: string): string {
  const escaped = encodeURIComponent(json).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `payload=${escaped.replaceAll('%20', '+')}`;
}

export const deliveryIdOf = (server: ServerName): string | null => {
  if (server === 'backlog') return null;
  return server === 'azure-devops' ? '09b0b950-47fa-4f45-8b65-5a22686314f8' : ID;
};

/** One delivery as `server` sends it; undefined where it sends no such thing. */
export function sample(server: ServerName, kind: Kind, secret: string): Sample | undefined {
  const sent = sentBy(server, kind);
  if (sent === undefined) return undefined;
  const json = JSON.stringify(sent.payload);
  const text = sent.form ? asForm(json) : json;
  const { headers, query } = signedBy(server, sent, json, text, secret) as { headers: DeliveryHeaders; query?: string };
  const type = sent.form ? 'application/x-www-form-urlencoded' : 'application/json';
  const charset = server === 'bitbucket' || server === 'azure-devops' ? '; charset=utf-8' : '';
  const delivery: Delivery = {
    headers: { 'content-type': type + charset, ...headers },
    body: Buffer.from(text),
    ...(query !== undefined && { query }),
    secrets: [secret],
    receivedAtMs: RECEIVED_AT_MS,
  };
  const outcome = sent.outcome ?? (kind === 'ping' ? 'ping' : kind === 'other' ? 'ignored' : 'push');
  return { delivery, outcome, refs: sent.refs ?? [] };
}
