/** A request as an on-premises client sends it: PutEvents with the client policy's few rights. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { World } from './world.ts';

/** @throws if EventBridge takes the entry not. */
export async function requestMirror(world: World, repository: string, sourceUrl: string): Promise<void> {
  const { cloud, deployment, client: credentials } = world;
  const eventBridge = new EventBridgeClient({
    region: cloud.region,
    credentials,
    requestHandler: cloud.requestHandler(),
  });
  const { Entries } = await eventBridge.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: `hourglass-${deployment}`,
          Source: 'hourglass.client',
          DetailType: 'MirrorRequested',
          Detail: JSON.stringify({ version: 1, repository, sourceUrl }),
        },
      ],
    }),
  );
  const refused = Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
  if (refused) throw new Error(`EventBridge refused the request: ${refused.ErrorMessage}`);
}
