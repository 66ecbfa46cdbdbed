/**
 * Asks the account for what {@link checkAccount} looks at. Reads only; each call is listed in infra/permissions.md. What may not be read is reported and
 * is no fault: whoever deploys or operates need not have every permission.
 */
import type { CodeCommitClient } from '@aws-sdk/client-codecommit';
import { type EC2Client, paginateDescribeNetworkInterfaces } from '@aws-sdk/client-ec2';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { Route53Client } from '@aws-sdk/client-route-53';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { STSClient } from '@aws-sdk/client-sts';
import type { DeploymentNeeds } from '@hourglass/shared/deployment-needs';
import type { ObservedAccount } from './check-account.ts';
import type { ObservedCredential, ObservedKey } from './credential-checks.ts';
import type { CheckName } from './found.ts';
import { readObservedNetwork } from './observed-network.ts';
import { readQuotas } from './quotas.ts';

/** Where the account is asked. Made when it is first needed: most deployments have no secret. */
export interface AccountClients {
  ec2(): Promise<EC2Client>;
  quotas(): Promise<ServiceQuotasClient>;
  sts(): Promise<STSClient>;
  route53(): Promise<Route53Client>;
  s3(): Promise<S3Client>;
  kms(): Promise<KMSClient>;
  secrets(): Promise<SecretsManagerClient>;
  codeCommit(): Promise<CodeCommitClient>;
}

/** How many pages of network interfaces are counted, of a thousand each. */
const MOST_PAGES = 10;
/** How many mirrors are looked at in CodeCommit. */
const MOST_MIRRORS = 200;

/** @param taskRole who will read the credentials, once there is one */
export async function readAccount(
  clients: AccountClients,
  needs: DeploymentNeeds,
  taskRole?: string,
): Promise<ObservedAccount> {
  const unasked: { check: CheckName; reason: string }[] = [];
  /** Undefined for what could not be asked, which is then reported once. */
  const attempt = async <T>(check: CheckName, ask: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await ask();
    } catch (error) {
      const reason = (error as Error).message;
      if (!unasked.some((one) => one.check === check)) unasked.push({ check, reason });
      return undefined;
    }
  };
  const ec2 = await clients.ec2();
  const [network, quotas, account] = await Promise.all([
    readObservedNetwork(ec2, needs),
    readQuotas(await clients.quotas()),
    attempt('vpc-present', () => readAccountId(clients)),
  ]);
  const [hostedZones, interfaces] = await Promise.all([
    attempt('private-dns', () => readHostedZones(clients, needs.vpcId, network.region)),
    quotas.values.networkInterfaces === undefined ? undefined : attempt('quotas', () => countInterfaces(ec2)),
  ]);
  const keys = new Map<string, Promise<ObservedKey | undefined>>();
  const keyOf = (arn: string, check: CheckName) => {
    const known = keys.get(arn) ?? attempt(check, () => readKey(clients, arn));
    keys.set(arn, known);
    return known;
  };
  const credentials: ObservedCredential[] = [];
  for (const place of needs.credentials) {
    const seen = await attempt('credentials', () => readPlace(clients, place));
    const key = place.kmsKeyArn === undefined ? undefined : await keyOf(place.kmsKeyArn, 'credentials');
    credentials.push({ place, isThere: undefined, ...seen, key });
  }
  const mirrorKeys = new Map<string, ObservedKey>();
  for (const name of (needs.mirrors ?? []).slice(0, MOST_MIRRORS)) {
    const arn = await attempt('codecommit-keys', () => readMirrorKey(clients, name));
    const key = arn === undefined ? undefined : await keyOf(arn, 'codecommit-keys');
    if (key !== undefined) mirrorKeys.set(name, key);
  }
  const readers = [
    ...(taskRole === undefined ? [] : [taskRole]),
    ...(account === undefined ? [] : [`arn:aws:iam::${account}:root`, account]),
  ];
  return { ...network, account, hostedZones, quotas, interfaces, credentials, mirrorKeys, readers, unasked };
}

async function readAccountId(clients: AccountClients): Promise<string | undefined> {
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  return (await (await clients.sts()).send(new GetCallerIdentityCommand())).Account;
}

async function readHostedZones(clients: AccountClients, VPCId: string, region: string): Promise<string[]> {
  const { ListHostedZonesByVPCCommand } = await import('@aws-sdk/client-route-53');
  const VPCRegion = region as NonNullable<ConstructorParameters<typeof ListHostedZonesByVPCCommand>[0]['VPCRegion']>;
  const { HostedZoneSummaries = [] } = await (await clients.route53()).send(
    new ListHostedZonesByVPCCommand({ VPCId, VPCRegion }),
  );
  // Those of AWS's own endpoints are listed too, and reported as endpoints.
  return HostedZoneSummaries.filter(({ Owner }) => Owner?.OwningService === undefined).flatMap(
    ({ Name }) => Name ?? [],
  );
}

async function countInterfaces(client: EC2Client): Promise<number> {
  let count = 0;
  let pages = 0;
  for await (const page of paginateDescribeNetworkInterfaces({ client, pageSize: 1_000 }, {})) {
    count += page.NetworkInterfaces?.length ?? 0;
    pages += 1;
    if (pages === MOST_PAGES) break;
  }
  return count;
}

export async function readKey(clients: Pick<AccountClients, 'kms'>, arn: string): Promise<ObservedKey> {
  const { DescribeKeyCommand, GetKeyPolicyCommand } = await import('@aws-sdk/client-kms');
  const kms = await clients.kms();
  try {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: arn }));
    const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId: arn, PolicyName: 'default' }));
    return { arn, state: KeyMetadata?.KeyState, policy: Policy };
  } catch (error) {
    if ((error as Error).name === 'NotFoundException') return { arn, state: undefined };
    throw error;
  }
}

async function readPlace(
  clients: AccountClients,
  { bucket, key, secretArn }: DeploymentNeeds['credentials'][number],
): Promise<Pick<ObservedCredential, 'isThere' | 'policy'>> {
  if (secretArn !== undefined) {
    const { DescribeSecretCommand, GetResourcePolicyCommand } = await import('@aws-sdk/client-secrets-manager');
    const secrets = await clients.secrets();
    try {
      const { DeletedDate } = await secrets.send(new DescribeSecretCommand({ SecretId: secretArn }));
      const { ResourcePolicy } = await secrets.send(new GetResourcePolicyCommand({ SecretId: secretArn }));
      return { isThere: DeletedDate === undefined, policy: ResourcePolicy };
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return { isThere: false };
      throw error;
    }
  }
  const { GetBucketPolicyCommand, HeadObjectCommand } = await import('@aws-sdk/client-s3');
  const s3 = await clients.s3();
  const policy = await s3.send(new GetBucketPolicyCommand({ Bucket: bucket })).then(
    ({ Policy }) => Policy,
    (error: Error) => {
      if (error.name === 'NoSuchBucketPolicy' || error.name === 'NoSuchBucket') return undefined;
      throw error;
    },
  );
  const isThere = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).then(
    () => true,
    (error: Error) => {
      if (error.name === 'NotFound' || error.name === 'NoSuchKey') return false;
      // A denial proves nothing: the tasks may have what this caller lacks.
      return undefined;
    },
  );
  return { isThere, policy };
}

/** The key of the customer's own, if the repository has one; a repository that is not there is made at its first mirror. */
async function readMirrorKey(clients: AccountClients, repositoryName: string): Promise<string | undefined> {
  const { GetRepositoryCommand } = await import('@aws-sdk/client-codecommit');
  try {
    const { repositoryMetadata } = await (await clients.codeCommit()).send(
      new GetRepositoryCommand({ repositoryName }),
    );
    return repositoryMetadata?.kmsKeyId;
  } catch (error) {
    if ((error as Error).name === 'RepositoryDoesNotExistException') return undefined;
    throw error;
  }
}
