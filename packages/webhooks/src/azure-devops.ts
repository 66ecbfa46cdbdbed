/**
 * Azure DevOps Server (and Services): the service hook "Web Hooks".
 *
 * Sends: JSON with `eventType`; nothing in the headers says what happened. Ids: `id` of the event (kept over retries). `remoteUrl` has no
 * `.git`, and no project where that has the repository's name. The test button sends an invented repository with a subscription id of zeros: a
 * ping. With "Resource details to send" at minimal or none the repository is left out.
 * Signs nothing. Basic authentication, with `user:password` as the secret here; or a header of one's own, which the server's page writes as
 * `Header-Name:value`, and so does the secret. Authorization decides where it came; otherwise the header that the secret names.
 * Loses: new events after any failure but 408, 502, 503 and 504; ends on 410. Limit 2 MB.
 * https://learn.microsoft.com/azure/devops/service-hooks/events#git.push · https://learn.microsoft.com/azure/devops/service-hooks/troubleshoot
 */
import { verifyBasic } from './basic.ts';
import type { Delivery, NamedRepository, Reading, RefChange, Server, Verdict } from './delivery.ts';
import { distinct, type Fields, field, listAt, textAt } from './fields.ts';
import { plain } from './github-shape.ts';
import { filledHeader } from './headers.ts';
import { isDeletion } from './refs.ts';
import { authentic, fitsOne, isSame } from './secrets.ts';

export const azureDevops: Server = {
  title: 'Azure DevOps',
  verify,
  deliveryId: (_, payload) => textAt(payload, 'id'),
  read,
};

const NO_SUBSCRIPTION = '00000000-0000-0000-0000-000000000000';

function verify(delivery: Delivery): Verdict {
  const authorization = filledHeader(delivery, 'authorization');
  const fits = (secret: string) => {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*)$/s.exec(secret) ?? [];
    if (name === undefined || value === undefined || value === '') return false;
    const own = filledHeader(delivery, name.toLowerCase());
    const decides = authorization === undefined || name.toLowerCase() === 'authorization';
    return decides && own !== undefined && isSame(own, value);
  };
  return fitsOne(delivery.secrets, fits) ? authentic : verifyBasic(delivery);
}

function read(payload: Fields): Reading {
  const event = textAt(payload, 'eventType');
  if (event === undefined) return { outcome: 'unreadable', why: 'The body has no eventType.' };
  if (textAt(payload, 'subscriptionId') === NO_SUBSCRIPTION) {
    return { outcome: 'ping', why: 'This is the example of the test button, and the hook works.' };
  }
  if (event !== 'git.push') {
    return { outcome: 'ignored', why: `The event "${plain(event)}" changes no branch and no tag.` };
  }
  const repository = repositoryOf(payload);
  const refs = listAt(payload, 'resource', 'refUpdates').flatMap(changeOf);
  const why = 'The event does not say what was pushed: set "Resource details to send" of the hook to "All".';
  return { outcome: 'push', repository, refs, why: repository.names.length > 0 ? null : why };
}

function changeOf(update: unknown): RefChange[] {
  const ref = textAt(update, 'name');
  if (ref === undefined) return [];
  return [{ ref, deleted: isDeletion(field(update, 'oldObjectId'), field(update, 'newObjectId')) }];
}

function repositoryOf(payload: Fields): NamedRepository {
  const repository = field(payload, 'resource', 'repository');
  const [project, name] = [textAt(repository, 'project', 'name'), textAt(repository, 'name')];
  const cloneUrls = distinct([textAt(repository, 'remoteUrl'), textAt(repository, 'sshUrl')]);
  return { names: distinct([project && name && `${project}/${name}`, name]), cloneUrls };
}
