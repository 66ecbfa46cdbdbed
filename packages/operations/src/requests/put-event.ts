/** One event on a deployment's bus, in the operator's name. */
import { randomUUID } from 'node:crypto';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { OPERATOR_SOURCE } from '@hourglass/shared/requests';
import type { Deployment } from '../deployment/open-deployment.ts';
import { OperationFailed } from '../errors.ts';

/** @throws OperationFailed if EventBridge refuses it */
export async function putEvent({ clients, description }: Deployment, name: string, detail: object): Promise<void> {
  const eventBridge = await clients.eventBridge();
  const entry = {
    EventBusName: description.bus,
    Source: OPERATOR_SOURCE,
    DetailType: name,
    Detail: JSON.stringify({ version: 1, ...detail }),
  };
  const { Entries = [] } = await eventBridge.send(new PutEventsCommand({ Entries: [entry] }));
  const refused = Entries.find(({ ErrorCode }) => ErrorCode !== undefined);
  if (refused) throw new OperationFailed(`EventBridge does not take the event: ${refused.ErrorMessage}`);
}

export function newRequestId(): string {
  return `operator:${randomUUID()}`;
}
