/** Failures of SDK clients that name their call: AWS itself says so only of a denial. */
import type { SSMClient } from '@aws-sdk/client-ssm';

export interface FailedCall {
  /** Such as `CostExplorer GetCostAndUsage`. */
  readonly $call?: string;
}

/** The same clients; what one of them throws is a {@link FailedCall} too. */
export function nameCalls<Clients extends object>(clients: Clients): Clients {
  const named = Object.entries(clients as Record<string, () => Promise<object>>).map(([key, make]) => {
    const makeNamed = async () => {
      const client = await make();
      // Added once, however often the client is asked for.
      addNames(client as Pick<SSMClient, 'middlewareStack'>);
      return client;
    };
    return [key, makeNamed];
  });
  return Object.fromEntries(named) as Clients;
}

function addNames({ middlewareStack }: Pick<SSMClient, 'middlewareStack'>): void {
  middlewareStack.add(
    (next, { clientName = '', commandName = '' }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          const $call = `${clientName.replace(/Client$/, '')} ${commandName.replace(/Command$/, '')}`;
          if (error instanceof Error && !('$call' in error)) Object.assign(error, { $call });
          throw error;
        }
      },
    { step: 'initialize', name: 'nameCalls', override: true },
  );
}
