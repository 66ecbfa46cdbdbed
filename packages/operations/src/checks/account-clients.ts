/** The SDK clients that the checks of an account ask, each made and loaded when it is first needed. */
import type { EC2ClientConfig } from '@aws-sdk/client-ec2';
import { once } from '../once.ts';
import type { AccountClients } from './read-account.ts';

/** Of every client alike. */
export type AccountSettings = Pick<
  EC2ClientConfig,
  'region' | 'credentials' | 'endpoint' | 'requestHandler' | 'profile' | 'maxAttempts'
>;

export function createAccountClients(settings: AccountSettings): AccountClients {
  // One endpoint of everything has no name for a bucket.
  const forcePathStyle = settings.endpoint !== undefined;
  return {
    ec2: once(async () => new (await import('@aws-sdk/client-ec2')).EC2Client(settings)),
    quotas: once(async () => new (await import('@aws-sdk/client-service-quotas')).ServiceQuotasClient(settings)),
    sts: once(async () => new (await import('@aws-sdk/client-sts')).STSClient(settings)),
    route53: once(async () => new (await import('@aws-sdk/client-route-53')).Route53Client(settings)),
    s3: once(async () => new (await import('@aws-sdk/client-s3')).S3Client({ ...settings, forcePathStyle })),
    kms: once(async () => new (await import('@aws-sdk/client-kms')).KMSClient(settings)),
    secrets: once(async () => new (await import('@aws-sdk/client-secrets-manager')).SecretsManagerClient(settings)),
    codeCommit: once(async () => new (await import('@aws-sdk/client-codecommit')).CodeCommitClient(settings)),
  };
}
