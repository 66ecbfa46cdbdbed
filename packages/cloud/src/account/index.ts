/**
 * What an account has beside what templates make, as far as it is looked at: quotas, customer's keys in KMS, images in ECR, hosted zones in Route 53.
 * The world's owner puts it in; nothing here is made by a call.
 */
import type { CloudCore, CloudPart } from '../core.ts';
import { AwsError } from '../errors.ts';
import { type PolicyDocument, RawResponse } from '../service.ts';
import { escapeXml } from '../wire/query.ts';

export interface Key {
  state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  policy: PolicyDocument;
}

/** An image: by its tag or digest, and for which processors. */
export interface Image {
  readonly architectures: readonly string[];
}

export interface AccountPart extends CloudPart {
  /** By `service/code`. What is not given is ample. */
  readonly quotas: Map<string, number>;
  /** By ARN. */
  readonly keys: Map<string, Key>;
  /** By repository, then by tag or digest. */
  readonly images: Map<string, Map<string, Image>>;
  /** Puts a customer's key in, whose policy leaves it to the account's own policies. */
  putKey(arn: string): Key;
}

const AMPLE = 10_000;

export function createAccountPart(core: CloudCore, hostedZonesOf: (vpcId: string) => readonly string[]): AccountPart {
  const quotas = new Map<string, number>();
  const keys = new Map<string, Key>();
  const images = new Map<string, Map<string, Image>>();
  const findKey = (id: string): Key => {
    const key = keys.get(id);
    if (key === undefined) throw new AwsError('NotFoundException', `Key '${id}' does not exist`);
    return key;
  };
  const quota = ({ ServiceCode, QuotaCode }: Record<string, string>) => ({
    Quota: { ServiceCode, QuotaCode, Value: quotas.get(`${ServiceCode}/${QuotaCode}`) ?? AMPLE },
  });
  const findImages = ({ repositoryName, imageIds = [] }: { repositoryName: string; imageIds?: ImageId[] }) => {
    const repository = images.get(repositoryName);
    if (repository === undefined) {
      throw new AwsError('RepositoryNotFoundException', `The repository with name '${repositoryName}' does not exist`);
    }
    const found = imageIds.map((id) => ({ id, image: repository.get(id.imageDigest ?? id.imageTag ?? '') }));
    return { found, missing: found.filter(({ image }) => image === undefined).map(({ id }) => id) };
  };

  return {
    quotas,
    keys,
    images,
    putKey(arn) {
      const Principal = { AWS: `arn:${core.partition}:iam::${core.account}:root` };
      const policy = { Statement: { Effect: 'Allow' as const, Principal, Action: 'kms:*', Resource: '*' } };
      const key: Key = { state: 'Enabled', policy };
      keys.set(arn, key);
      return key;
    },
    services: [
      {
        id: 'servicequotas',
        protocol: 'awsJson1.1',
        targetPrefix: 'ServiceQuotasV20190624',
        operations: { GetServiceQuota: quota, GetAWSDefaultServiceQuota: quota },
        authorize: (operation) => [{ action: `servicequotas:${operation}`, resources: ['*'] }],
      },
      {
        id: 'kms',
        protocol: 'awsJson1.1',
        targetPrefix: 'TrentService',
        operations: {
          DescribeKey: ({ KeyId }) => ({
            KeyMetadata: {
              KeyId,
              Arn: KeyId,
              KeyState: findKey(KeyId).state,
              Enabled: findKey(KeyId).state === 'Enabled',
            },
          }),
          GetKeyPolicy: ({ KeyId }) => ({ Policy: JSON.stringify(findKey(KeyId).policy) }),
          ListKeys: () => ({ Keys: [...keys.keys()].map((arn) => ({ KeyId: arn.replace(/^.*\//, ''), KeyArn: arn })) }),
        },
        authorize: (operation, { KeyId }) => [{ action: `kms:${operation}`, resources: [String(KeyId ?? '*')] }],
      },
      {
        id: 'ecr',
        protocol: 'awsJson1.1',
        targetPrefix: 'AmazonEC2ContainerRegistry_V20150921',
        operations: {
          DescribeRepositories: () => ({
            repositories: [...images.keys()].map((repositoryName) => ({
              repositoryName,
              repositoryArn: core.arn('ecr', `repository/${repositoryName}`),
            })),
          }),
          BatchGetImage: (input) => {
            const { found, missing } = findImages(input);
            return {
              images: found.flatMap(({ id, image }) =>
                image === undefined
                  ? []
                  : [{ imageId: id, repositoryName: input.repositoryName, ...manifestOf(image) }],
              ),
              failures: missing.map((imageId) => ({
                imageId,
                failureCode: 'ImageNotFound',
                failureReason: 'Requested image not found',
              })),
            };
          },
        },
        authorize: (operation, { repositoryName }) => [
          {
            action: `ecr:${operation}`,
            resources: [repositoryName === undefined ? '*' : core.arn('ecr', `repository/${repositoryName}`)],
          },
        ],
      },
      {
        id: 'route53',
        protocol: 'restXml',
        routes: [{ method: 'GET', path: '/2013-04-01/hostedzonesbyvpc', operation: 'ListHostedZonesByVPC' }],
        operations: {
          ListHostedZonesByVPC: ({ vpcid }) => {
            const zones = hostedZonesOf(vpcid).map(
              (name, index) =>
                `<HostedZoneSummary><HostedZoneId>Z${index}</HostedZoneId><Name>${escapeXml(name)}</Name>` +
                `<Owner><OwningAccount>${core.account}</OwningAccount></Owner></HostedZoneSummary>`,
            );
            const body = `<HostedZoneSummaries>${zones.join('')}</HostedZoneSummaries><MaxItems>100</MaxItems>`;
            return new RawResponse(
              200,
              { 'content-type': 'text/xml' },
              `<ListHostedZonesByVPCResponse>${body}</ListHostedZonesByVPCResponse>`,
            );
          },
        },
        authorize: (operation) => [{ action: `route53:${operation}`, resources: ['*'] }],
      },
    ],
  };
}

interface ImageId {
  readonly imageTag?: string;
  readonly imageDigest?: string;
}

/** An index of several processors, as buildx pushes one. */
function manifestOf({ architectures }: Image): { imageManifest: string; imageManifestMediaType: string } {
  const imageManifestMediaType = 'application/vnd.oci.image.index.v1+json';
  const manifests = architectures.map((architecture) => ({ platform: { architecture, os: 'linux' } }));
  return { imageManifestMediaType, imageManifest: JSON.stringify({ mediaType: imageManifestMediaType, manifests }) };
}
