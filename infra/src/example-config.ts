/** For this room's tests: a configuration that uses every part, with the longest allowed deployment name. */
import type { HourglassConfigInput } from './config.ts';
import { maxDeploymentNameLength } from './names.ts';

/** Valid, and complete enough that every resource is synthesized. */
export const exampleConfig: HourglassConfigInput = {
  deployment: 'd'.repeat(maxDeploymentNameLength),
  carrier: 'direct',
  vpcId: 'vpc-0123456789abcdef0',
  vpcCidrs: ['10.0.0.0/16', '10.1.0.0/16'],
  taskSubnets: ['subnet-0aaaaaaaaaaaaaaa1', 'subnet-0aaaaaaaaaaaaaaa2'],
  endpointSubnets: [{ subnet: 'subnet-0aaaaaaaaaaaaaaa3', zone: 'ap-northeast-1a' }],
  routeTables: ['rtb-0123456789abcdef0'],
  gatewayEndpoints: { s3: 'create', dynamodb: 'existing' },
  prefixLists: { s3: 'pl-61a54008', dynamodb: 'pl-78a54011' },
  existingEndpoints: ['logs'],
  sources: {
    hosts: ['git.example.com', 'localhost:8080'],
    cidrs: ['192.168.0.0/16'],
    ports: [443, 22],
    networks: {
      'git.example.com': {
        address: '192.168.0.7',
        credentials: {
          bucket: 'team-git',
          key: 'hourglass/git.example.com.json',
          kmsKeyArn: 'arn:aws:kms:ap-northeast-1:111111111111:key/0a1b2c3d',
        },
      },
      'localhost:8080': {
        credentials: { secretArn: 'arn:aws:secretsmanager:ap-northeast-1:111111111111:secret:git-AbCdEf' },
      },
    },
  },
  commands: {
    'list-buckets': {
      command: ['aws', 's3', 'ls'],
      endpoints: ['secretsmanager', 's3'],
      policy: [{ actions: ['s3:ListAllMyBuckets'], resources: ['*'] }],
    },
  },
  image: { build: true },
  apiKeySha256: 'ab'.repeat(32),
  answers: {
    notify: { email: 'team@example.com' },
    destination: {
      url: 'https://hooks.example.com/hourglass',
      connectionArn: 'arn:aws:events:ap-northeast-1:111111111111:connection/team/1a2b3c4d-2222-3333-4444-5e5f5a5b5c5d',
    },
  },
};
