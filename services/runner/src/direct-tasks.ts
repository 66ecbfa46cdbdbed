/**
 * Attempts of the direct carrier as tasks: an asynchronous invocation of the fetcher begins one, and its end is the first that anybody writes on
 * its work item. Nothing can be stopped; past its time an attempt is ended by that first word, after which nothing more is pushed for it.
 */
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { WorkResult } from '@hourglass/lease-dynamodb';
import type { FetchOrder } from '@hourglass/shared';
import type { Attempt } from './effects.ts';
import type { SeenTask, Tasks } from './tasks.ts';

const PREFIX = 'direct:';

/** By which the lease knows it. */
export const directArnOf = (token: string): string => PREFIX + token;

/** An attempt whose end is written. */
export const endedTask = (token: string): SeenTask => ({
  taskArn: directArnOf(token),
  lastStatus: 'STOPPED',
  isDirect: true,
});

export interface DirectEffects {
  readAttempts(token: string): Promise<Pick<Attempt, 'result'>[]>;
  /** @returns false if somebody has written one before. */
  endAttempt(token: string, result: WorkResult): Promise<boolean>;
}

export function createDirectTasks(client: LambdaClient, fetcherArn: string, effects: DirectEffects): Tasks {
  const isEnded = async (token: string) => (await effects.readAttempts(token))[0]?.result !== undefined;
  return {
    parametersFor: (token) => ({ token }) satisfies FetchOrder,
    async run(parameters) {
      const { token } = parameters as { token: string };
      // Whatever is refused here passes: an Inactive function wakes at the first call, and an invocation that is throttled may come later. So it
      // is thrown, nothing is known, and the timer calls again, some times.
      await client.send(
        new InvokeCommand({
          FunctionName: fetcherArn,
          InvocationType: 'Event',
          Payload: JSON.stringify(parameters),
        }),
      );
      return { taskArn: directArnOf(token) };
    },
    async describe(taskArns) {
      const seen = taskArns.map(async (taskArn): Promise<[string, SeenTask]> => {
        const token = taskArn.slice(PREFIX.length);
        return [
          taskArn,
          (await isEnded(token)) ? endedTask(token) : { taskArn, lastStatus: 'RUNNING', isDirect: true },
        ];
      });
      return new Map(await Promise.all(seen));
    },
    async stop(taskArn) {
      const message = 'Neither of its two functions has reported an end within its time.';
      await effects.endAttempt(taskArn.slice(PREFIX.length), { status: 'failed', message });
    },
    // Of an invocation whose answer was lost nothing is to be found but its end. Another one of the same attempt does no harm.
    find: async (token) => ((await isEnded(token)) ? directArnOf(token) : undefined),
    // It may run all the same. Without this word it would push what it has found, however old that is by then.
    async letGo(token) {
      const message = 'The fetcher has answered no call to begin it.';
      return (await effects.endAttempt(token, { status: 'failed', message })) ? undefined : directArnOf(token);
    },
  };
}
