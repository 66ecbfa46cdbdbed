/**
 * The destinations of mirrors are made before anything is paid for or begun on their account. What AWS refuses to make can have no mirror,
 * and who asked for it learns so at once, in AWS's own words: it costs neither an hour nor a task.
 */
import type { Command, TaskItem } from '@hourglass/lease';
import { isNo } from './errors.ts';
import { describeRefusal } from './refusals.ts';

export interface DestinationEffects {
  repositories: {
    /** Makes the repository if it is not there. */
    ensure(destination: string): Promise<unknown>;
  };
  warn(message: string, error?: Error): void;
}

/** What may be begun (`null`), and why the rest may not. */
export type Prepared = ReadonlyMap<string, string | null>;

/** Work by what was asked for it last: a later request may name another destination. */
const nameOf = ({ taskKey, request }: TaskItem) => `${taskKey} ${request.requestId}`;

/** What is not known holds nothing up: the push says then whether the destination is there. */
export async function prepareDestinations(items: TaskItem[], effects: DestinationEffects): Promise<Prepared> {
  const answers = items.map(async (item): Promise<[string, string | null]> => {
    const { task } = item.request;
    if (task.kind !== 'mirror') return [nameOf(item), null];
    try {
      await effects.repositories.ensure(task.destination);
      return [nameOf(item), null];
    } catch (error) {
      // One that an earlier, repeated call has made after all would be found there.
      if (isNo(error))
        return [nameOf(item), `The destination ${task.destination} cannot be made: ${describeRefusal(error)}`];
      effects.warn(`The destination ${task.destination} could not be prepared`, error as Error);
      return [nameOf(item), null];
    }
  });
  return new Map(await Promise.all(answers));
}

export function isPrepared(prepared: Prepared, item: TaskItem): boolean {
  return prepared.get(nameOf(item)) === null;
}

/** The end of the pending work that was refused. */
export function refusalsOf(items: Iterable<TaskItem>, prepared: Prepared): Extract<Command, { type: 'workRefused' }>[] {
  return [...items].flatMap((item) => {
    const message = item.state === 'pending' ? prepared.get(nameOf(item)) : null;
    if (!message) return [];
    return [{ type: 'workRefused', taskKey: item.taskKey, requestId: item.request.requestId, message }];
  });
}
