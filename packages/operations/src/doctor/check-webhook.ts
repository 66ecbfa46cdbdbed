/** Whether each source's secret is there, and whether the webhook answers: an unsigned delivery must come to it and be refused. No secret is read. */
import { DescribeParametersCommand } from '@aws-sdk/client-ssm';
import type { DeploymentMade, DeploymentNeeds } from '@hourglass/shared/deployment-needs';
import { checkKey } from '../checks/credential-checks.ts';
import { fault, type Wrong, warning } from '../checks/found.ts';
import { readKey } from '../checks/read-account.ts';
import type { Deployment } from '../deployment/open-deployment.ts';

/** Posts a body; gives the answer's status. Rejects if there is none. */
export type Post = (url: string, body: string) => Promise<{ readonly status: number }>;

/** What a filter of DescribeParameters takes, and what a page of it holds. */
const MOST_NAMES = 50;

export async function checkWebhookSecrets(
  { clients }: Deployment,
  { webhookSecrets }: DeploymentNeeds,
  roleArn: string | undefined,
): Promise<Wrong[]> {
  const secrets = Object.entries(webhookSecrets);
  const ssm = await clients.ssm();
  const found: Wrong[] = [];
  for (let from = 0; from < secrets.length; from += MOST_NAMES) {
    const part = secrets.slice(from, from + MOST_NAMES);
    const Names = [...new Set(part.map(([, { parameter }]) => parameter))];
    // Whoever may read a parameter may have it decrypted too, so only its description is asked for.
    const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values: Names }];
    const { Parameters = [] } = await ssm.send(
      new DescribeParametersCommand({ ParameterFilters, MaxResults: MOST_NAMES }),
    );
    for (const [source, { parameter }] of part) {
      const there = Parameters.find(({ Name }) => Name === parameter);
      const put = `aws ssm put-parameter --type SecureString --name ${parameter} --value …`;
      if (there === undefined) {
        const message = `${parameter} is not there, so that every delivery is refused`;
        found.push(fault('webhook-secrets', `webhooks.${source}`, message, put));
      } else if (there.Type !== 'SecureString') {
        const message = `${parameter} is not encrypted (${there.Type})`;
        found.push(warning('webhook-secrets', `webhooks.${source}`, message, `${put} --overwrite`));
      }
    }
  }
  for (const [source, { kmsKeyArn }] of secrets) {
    if (kmsKeyArn === undefined || roleArn === undefined) continue;
    const account = roleArn.split(':')[4] ?? '';
    const readers = [roleArn, `arn:${roleArn.split(':')[1]}:iam::${account}:root`, account];
    const key = await readKey(clients, kmsKeyArn);
    found.push(...checkKey('webhook-secrets', `webhooks.${source}`, key, 'kms:Decrypt', readers));
  }
  return found;
}

export async function checkDelivery(
  { hooksUrl }: DeploymentMade,
  { webhookSecrets }: DeploymentNeeds,
  post: Post,
): Promise<Wrong[]> {
  const [source] = Object.keys(webhookSecrets);
  if (hooksUrl === null || source === undefined) return [];
  const url = `${hooksUrl}${source}`;
  const look = 'look at hourglass logs --service webhook';
  try {
    const { status } = await post(url, '{}');
    if (status === 401) return [];
    const message =
      status === 404
        ? 'there is no such address: API Gateway answered 404'
        : status < 400
          ? `a delivery without a signature was taken (${status})`
          : `a delivery without a signature was answered with ${status} instead of 401`;
    return [
      fault(
        'webhook-delivery',
        url,
        message,
        status === 404 ? 'deploy again, and give the git server the new address' : look,
      ),
    ];
  } catch (error) {
    return [
      fault(
        'webhook-delivery',
        url,
        `no answer: ${(error as Error).message}`,
        'git servers need a way to AWS’s public addresses; look at proxies and firewalls here and there',
      ),
    ];
  }
}
