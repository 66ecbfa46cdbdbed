/**
 * S3, as far as one object is read: what the world's owner has put in, by GetObject.
 *
 * Who may not list a bucket is not told whether an object is there; and a key of the customer's own is asked of KMS in the reader's name.
 * Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html ("Permissions"),
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */

import type { CloudCore, CloudPart } from '../core.ts';
import { AwsError } from '../errors.ts';
import { type Demand, type PolicyDocument, RawResponse } from '../service.ts';

export interface StoredObject {
  readonly body: string;
  /** The customer's own key that it is encrypted with; none for SSE-S3 and for the key `aws/s3`. */
  readonly kmsKeyArn?: string;
  /** Of the bucket; the world's own unless told otherwise. */
  readonly region?: string;
}

export interface S3Part extends CloudPart {
  putObject(bucket: string, key: string, object: StoredObject): void;
  removeObject(bucket: string, key: string): void;
  /** Of buckets, by name. */
  readonly policies: Map<string, PolicyDocument>;
}

export function createS3Part(core: CloudCore): S3Part {
  const objects = new Map<string, StoredObject>();
  const policies = new Map<string, PolicyDocument>();
  const arnOf = (path: string) => `arn:${core.partition}:s3:::${path}`;
  return {
    policies,
    removeObject: (bucket, key) => void objects.delete(`${bucket}/${key}`),
    putObject(bucket, key, object) {
      objects.set(`${bucket}/${key}`, object);
    },
    services: [
      {
        id: 's3',
        protocol: 'restXml',
        operations: {
          ListBuckets: () => {
            const names = new Set([...objects.keys()].map((path) => path.replace(/\/.*$/, '')));
            const listed = [...names].map((name) => `<Bucket><Name>${name}</Name></Bucket>`).join('');
            const body = `<ListAllMyBucketsResult><Buckets>${listed}</Buckets></ListAllMyBucketsResult>`;
            return new RawResponse(200, { 'content-type': 'application/xml' }, body);
          },
          GetBucketPolicy: ({ Bucket }) => {
            const policy = policies.get(Bucket);
            if (policy !== undefined)
              return new RawResponse(200, { 'content-type': 'application/json' }, JSON.stringify(policy));
            throw new AwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', { httpStatus: 404 });
          },
          HeadObject: ({ Bucket, Key }) => {
            const object = objects.get(`${Bucket}/${Key}`);
            const headers = { 'content-length': String(Buffer.byteLength(object?.body ?? '')) };
            return new RawResponse(object === undefined ? 404 : 200, object === undefined ? {} : headers, '');
          },
          GetObject: ({ Bucket, Key }) => {
            const object = objects.get(`${Bucket}/${Key}`);
            if (object === undefined) {
              throw new AwsError('NoSuchKey', 'The specified key does not exist.', { httpStatus: 404 });
            }
            if ((object.region ?? core.region) !== core.region) {
              const message =
                'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.';
              throw new AwsError('PermanentRedirect', message, { httpStatus: 301 });
            }
            const bytes = Buffer.from(object.body);
            return new RawResponse(200, { 'content-length': String(bytes.length) }, bytes);
          },
        },
        resourcePolicy: (arn) => policies.get(arn.replace(/^.*:::/, '').replace(/\/.*$/, '')),
        authorize: (operation, { Bucket, Key }) => {
          if (operation === 'ListBuckets') return [{ action: 's3:ListAllMyBuckets', resources: ['*'] }];
          if (operation === 'GetBucketPolicy') {
            return [{ action: 's3:GetBucketPolicy', resources: [arnOf(String(Bucket))] }];
          }
          const object = objects.get(`${Bucket}/${Key}`);
          const demands: Demand[] = [{ action: 's3:GetObject', resources: [arnOf(`${Bucket}/${Key}`)] }];
          if (object === undefined) demands.push({ action: 's3:ListBucket', resources: [arnOf(String(Bucket))] });
          if (object?.kmsKeyArn !== undefined && operation === 'GetObject')
            demands.push(decryptDemand(core, 's3', object.kmsKeyArn));
          return demands;
        },
      },
    ],
  };
}

/** What a service asks of a customer's own key in the reader's name. */
export function decryptDemand(core: CloudCore, service: string, keyArn: string): Demand {
  const conditions = { 'kms:ViaService': `${service}.${core.region}.amazonaws.com` };
  return { action: 'kms:Decrypt', resources: [keyArn], conditions };
}
