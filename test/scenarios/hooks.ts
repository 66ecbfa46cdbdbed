/** A delivery over real HTTP to the deployed webhook, and the secrets that its sources are known by. */
import type { Cloud } from '@hourglass/cloud';
import { serverNames } from '@hourglass/webhooks';
import type { Sample } from '@hourglass/webhooks/testing';
import { ANSWERS, WEBHOOKS } from './synthesize.setup.ts';

export function secretOf(server: string): string {
  return server === 'azure-devops' ? 'azure:the-secret-of-azure' : `the-secret-of-${server}`;
}

/** Into Parameter Store, as an operator puts them. */
export function putSecrets(cloud: Cloud): void {
  for (const server of serverNames) {
    const { secret } = WEBHOOKS[server] as (typeof WEBHOOKS)[string];
    const { parameter, kmsKeyArn } = typeof secret === 'string' ? { parameter: secret } : secret;
    cloud.putParameter(parameter, secretOf(server), kmsKeyArn);
  }
}

/** What the operator of a deployment with answers has made before. */
export function addOutside(cloud: Cloud): void {
  const { connectionArn } = ANSWERS.destination;
  cloud.parts.events.addConnection(connectionArn, {
    ApiKeyAuthParameters: { ApiKeyName: 'x-team-key', ApiKeyValue: 'the key of the team' },
  });
  cloud.parts.events.setOutside(async () => ({ status: 204, text: '' }));
}

/** @param below what follows the source in the address */
export async function sendDelivery(cloud: Cloud, source: string, { delivery }: Sample, below = '') {
  const [base] = Object.values(await cloud.apiUrls());
  const query = delivery.query === undefined ? '' : `?${delivery.query}`;
  // Not faster than the wall's: a jump would lead to the next schedule, hours away.
  const driving = cloud.driver.drive({ speed: 1 });
  try {
    const answer = await fetch(`${base}/hooks/${source}${below}${query}`, {
      method: 'POST',
      headers: delivery.headers as Record<string, string>,
      body: delivery.body as Uint8Array<ArrayBuffer>,
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  } finally {
    await driving.stop();
  }
}
