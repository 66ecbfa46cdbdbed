/** The time as the answering side has it: its `Date` header, and what has passed here since. */
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

export interface ServerClock {
  /** Epoch milliseconds; this machine's own clock until an answer has come. */
  nowMs(): number;
}

type Watched = Pick<SSMClient, 'middlewareStack'> | Pick<DynamoDBDocumentClient, 'middlewareStack'>;

/** Reads the header of every answer that these clients get, so that it stays right for who looks on for hours. It has whole seconds. */
export function watchServerClock(...clients: Watched[]): ServerClock {
  let aheadMs = 0;
  for (const client of clients) {
    const { middlewareStack } = client as Pick<SSMClient, 'middlewareStack'>;
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
  }
  return { nowMs: () => Date.now() + aheadMs };
}
