/** The time as the answering side has it: its `Date` header, and what has passed here since. */
import type { SSMClient } from '@aws-sdk/client-ssm';

export interface ServerClock {
  /** Epoch milliseconds; this machine's own clock until an answer has come. */
  nowMs(): number;
}

/** Reads the header of every answer that this client gets. It has whole seconds. */
export function watchServerClock({ middlewareStack }: Pick<SSMClient, 'middlewareStack'>): ServerClock {
  let aheadMs = 0;
  middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const { headers } = answer.response as { headers?: Record<string, string> };
      const saidMs = Date.parse(headers?.date ?? '');
      if (!Number.isNaN(saidMs)) aheadMs = saidMs - Date.now();
      return answer;
    },
    { step: 'deserialize', name: 'watchServerClock', override: true },
  );
  return { nowMs: () => Date.now() + aheadMs };
}
