/** What an operator asks of the lease itself: a pause, its end, an early close. One write each; a message that comes twice is one ask. */
import { type Command, identityOfAsk } from '@hourglass/lease';
import {
  advanceAndAnnounce,
  CloseRequested,
  describeIssues,
  OPERATOR_SOURCE,
  operatorContracts,
  PauseRequested,
  PermanentError,
  type ServiceEffects,
} from '@hourglass/shared';

export interface Ask {
  id: string;
  /** The event's name. */
  name: string;
  taskKey: string | undefined;
}

/**
 * The ask in this event; `undefined`: it is a request.
 * @throws PermanentError if it breaks its contract, or is not an operator's
 */
export function readAsk(id: string, source: string, name: string, detail: unknown): Ask | undefined {
  const contract = operatorContracts.find((one) => one.name === name);
  if (contract === undefined) return undefined;
  if (source !== OPERATOR_SOURCE) throw new PermanentError(`${name} is an operator's alone; it came from ${source}.`);
  const read = contract.detail.safeParse(detail);
  if (!read.success)
    throw new PermanentError(`The detail of ${name} breaks its contract: ${describeIssues(read.error)}.`);
  const { data }: { data: { taskKey?: string | undefined } & object } = read as never;
  return { id, name, taskKey: data.taskKey };
}

export async function doAsk(ask: Ask, effects: ServiceEffects): Promise<void> {
  const { taskKey } = ask;
  const scope = { identities: [identityOfAsk(ask.id)], ...(taskKey !== undefined && { taskKeys: [taskKey] }) };
  await advanceAndAnnounce(effects, scope, () => [commandOf(ask)]);
}

function commandOf({ id, name, taskKey }: Ask): Command {
  if (name === CloseRequested.name) return { type: 'closeAsked', askId: id };
  const type = name === PauseRequested.name ? 'holdAsked' : 'releaseAsked';
  return { type, askId: id, ...(taskKey !== undefined && { taskKey }) };
}
