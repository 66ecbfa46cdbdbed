/** The events and fields that GitHub began with and Gogs, Gitea, Forgejo and GitBucket took over, each with its own differences. */
import type { NamedRepository, Reading } from './delivery.ts';
import { distinct, type Fields, field, textAt } from './fields.ts';
import { fullRef, isDeletion } from './refs.ts';

/**
 * @param header the name of the header that the event came in, for people
 */
export function readGitHubShape(event: string | undefined, payload: Fields, header: string): Reading {
  if (event === undefined) {
    return { outcome: 'unreadable', why: `The header ${header} is missing, so nobody knows what happened.` };
  }
  if (event === 'ping') return { outcome: 'ping', why: 'The server asks whether the hook works: it does.' };
  const ref = textAt(payload, 'ref');
  const repository = repositoryOf(payload);
  if (event === 'push') {
    if (ref === undefined) return { outcome: 'ignored', why: 'The event is "push", but its body names no ref.' };
    const said = field(payload, 'deleted');
    const deleted = typeof said === 'boolean' ? said : isDeletion(field(payload, 'before'), field(payload, 'after'));
    return { outcome: 'push', repository, refs: [{ ref, deleted }], why: null };
  }
  if (event === 'create' || event === 'delete') {
    const type = field(payload, 'ref_type');
    if (ref === undefined || (type !== 'branch' && type !== 'tag')) {
      return { outcome: 'ignored', why: `The event is "${event}", but of no branch and no tag.` };
    }
    const refs = [{ ref: fullRef(ref, type), deleted: event === 'delete' }];
    return { outcome: 'push', repository, refs, why: null };
  }
  return { outcome: 'ignored', why: `The event "${plain(event)}" changes no branch and no tag.` };
}

function repositoryOf(payload: Fields): NamedRepository {
  const repository = field(payload, 'repository');
  const name = textAt(repository, 'name');
  const owner = textAt(repository, 'owner', 'login') ?? textAt(repository, 'owner', 'username');
  const fullName = textAt(repository, 'full_name') ?? (owner && name && `${owner}/${name}`);
  const cloneUrls = distinct([textAt(repository, 'clone_url'), textAt(repository, 'ssh_url')]);
  return {
    names: distinct([fullName, name]),
    cloneUrls: cloneUrls.length > 0 ? cloneUrls : distinct([textAt(repository, 'html_url')]),
  };
}

/** What somebody else wrote, short and without anything that a log or a terminal would act on. */
export function plain(text: string): string {
  return text.replaceAll(/[^\w .:/-]/g, '?').slice(0, 60);
}
