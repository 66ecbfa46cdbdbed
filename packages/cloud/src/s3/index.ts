/**
 * S3, as far as Hourglass needs it: objects that the world's owner has put in, and buckets of templates, which take objects whole or in parts, check their
 * SHA-256, publish to the default bus what is created, and forget by their lifecycle.
 *
 * Who may not list a bucket does not learn whether an object is there; and a key of the customer's own is asked of KMS in the reader's name.
 * Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html ("Permissions"),
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html, …/mpuoverview.html, …/ev-events.html
 */

import type { CloudCore, CloudPart } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { ApiCall, Demand, PolicyDocument } from '../service.ts';
import { type Bucket, Buckets } from './buckets.ts';
import { createS3Operations } from './operations.ts';

export interface StoredObject {
  readonly body: string;
  /** The customer's own key that it is encrypted with; none for SSE-S3 and for the key `aws/s3`. */
  readonly kmsKeyArn?: string;
  /** Of the bucket; the world's own by default. */
  readonly region?: string;
}

export interface S3Part extends CloudPart {
  putObject(bucket: string, key: string, object: StoredObject): void;
  removeObject(bucket: string, key: string): void;
  /** Of buckets, by name. */
  readonly policies: Map<string, PolicyDocument>;
  /** What lies in a bucket now, uploads that are not complete among it. */
  list(bucket: string): { key: string; bytes: number; isComplete: boolean }[];
  /** The names of buckets of templates. */
  bucketNames(): string[];
}

export function createS3Part(core: CloudCore): S3Part {
  const buckets = new Buckets(core);
  const arnOf = (path: string) => `arn:${core.partition}:s3:::${path}`;
  return {
    policies: buckets.policies,
    removeObject: (bucket, key) => buckets.removeObject(bucket, key),
    putObject(bucket, key, { body, ...rest }) {
      buckets.put(bucket, key, { bytes: Buffer.from(body), ...rest });
    },
    list: (bucket) => buckets.list(bucket),
    bucketNames: () => buckets.names(),
    services: [
      {
        id: 's3',
        protocol: 'restXml',
        operations: createS3Operations(core, buckets),
        authorize: (operation, { Bucket, Key }, call) => {
          if (operation === 'ListBuckets') return [{ action: 's3:ListAllMyBuckets', resources: ['*'] }];
          if (operation === 'GetBucketPolicy') {
            return [{ action: 's3:GetBucketPolicy', resources: [arnOf(String(Bucket))] }];
          }
          const path = `${Bucket}/${Key}`;
          const reads = operation === 'GetObject' || operation === 'HeadObject';
          const action = reads ? 'GetObject' : operation === 'AbortMultipartUpload' ? operation : 'PutObject';
          const conditions = conditionsOf(call);
          const demands: Demand[] = [{ action: `s3:${action}`, resources: [arnOf(path)], conditions }];
          if (!reads) return demands;
          const object = buckets.find(String(Bucket), String(Key));
          if (object === undefined) demands.push({ action: 's3:ListBucket', resources: [arnOf(String(Bucket))] });
          if (object?.kmsKeyArn !== undefined && operation === 'GetObject')
            demands.push(decryptDemand(core, 's3', object.kmsKeyArn));
          return demands;
        },
        resourcePolicy: (arn) => buckets.policyOf(arn.replace(/^.*:::/, '').split('/')[0] ?? ''),
      },
    ],
    resourceTypes: {
      'AWS::S3::Bucket': {
        create(properties, context) {
          const name = properties.BucketName ?? context.generatedName().toLowerCase().slice(-63);
          buckets.create(name, readBucket(properties));
          return {
            ref: name,
            attributes: {
              Arn: arnOf(name),
              DomainName: `${name}.s3.amazonaws.com`,
              RegionalDomainName: `${name}.s3.${core.region}.amazonaws.com`,
            },
          };
        },
        delete(ref) {
          if (buckets.list(ref).length > 0) {
            throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', { httpStatus: 409 });
          }
          buckets.remove(ref);
        },
      },
      'AWS::S3::BucketPolicy': {
        create(properties, context) {
          buckets.setPolicy(properties.Bucket, properties.PolicyDocument as PolicyDocument);
          return { ref: context.generatedName(), attributes: {} };
        },
        delete() {},
      },
    },
  };
}

/** What a function in a VPC comes by; from elsewhere these keys are not there. */
function conditionsOf({ route }: ApiCall): Record<string, string> {
  return route === undefined ? {} : { 'aws:SourceVpce': route.endpointId, 'aws:SourceVpc': route.vpcId };
}

// biome-ignore lint/suspicious/noExplicitAny: a template's properties.
function readBucket(properties: any): Bucket {
  const rules: {
    Status: string;
    ExpirationInDays?: number;
    AbortIncompleteMultipartUpload?: { DaysAfterInitiation: number };
  }[] = properties.LifecycleConfiguration?.Rules ?? [];
  const enabled = rules.filter(({ Status }) => Status === 'Enabled');
  const least = (days: (number | undefined)[]) => {
    const given = days.filter((one) => one !== undefined);
    return given.length > 0 ? Math.min(...given) : undefined;
  };
  return {
    expiresAfterDays: least(enabled.map(({ ExpirationInDays }) => ExpirationInDays)),
    abortsAfterDays: least(enabled.map((rule) => rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation)),
    notifiesBus: properties.NotificationConfiguration?.EventBridgeConfiguration?.EventBridgeEnabled === true,
  };
}

/** What a service asks of a customer's own key in the reader's name. */
export function decryptDemand(core: CloudCore, service: string, keyArn: string): Demand {
  const conditions = { 'kms:ViaService': `${service}.${core.region}.amazonaws.com` };
  return { action: 'kms:Decrypt', resources: [keyArn], conditions };
}
