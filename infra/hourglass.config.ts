/**
 * The configuration of one deployment. Every id below is an example: put in your own. What is left out has a default;
 * `configuration.md` has every key.
 */
import type { HourglassConfigInput } from './src/config.ts';

export default {
  deployment: 'main',

  // The network you have. It gets two security groups, and the route tables the two gateway routes. While they are open, the interface endpoints answer for
  // their services' names in the whole VPC (private DNS).
  vpcId: 'vpc-0123456789abcdef0',
  vpcCidrs: ['10.0.0.0/16'],
  taskSubnets: ['subnet-0aaaaaaaaaaaaaaa1', 'subnet-0aaaaaaaaaaaaaaa2'],
  // One per Zone; each further Zone costs every endpoint again.
  endpointSubnets: [{ subnet: 'subnet-0aaaaaaaaaaaaaaa1', zone: 'ap-northeast-1a' }],
  routeTables: ['rtb-0123456789abcdef0'],
  gatewayEndpoints: { s3: 'create', dynamodb: 'create' },
  // Tokyo's; for another Region: aws ec2 describe-managed-prefix-lists --query 'PrefixLists[].[PrefixListName,PrefixListId]'
  prefixLists: { s3: 'pl-61a54008', dynamodb: 'pl-78a54011' },
  existingEndpoints: [],

  // The on-premises git servers, by name (what a request may name) and by range (what a task may reach).
  // One whose name the VPC cannot resolve: networks: { 'git.example.com': { address: '192.168.10.7' } }; also caBundle and knownHosts, as texts.
  sources: { hosts: ['git.example.com'], cidrs: ['192.168.0.0/16'], ports: [443] },

  // What may be mirrored, and under which name in CodeCommit. Left out, every repository of the account may be, by its own name: name yours, since a mirror
  // overwrites what CodeCommit has.
  // repositories: ['app', 'web'],
  // destinations: { web: 'team-web' },

  // What a TaskRequested may ask for, besides mirrors.
  commands: {
    'list-buckets': {
      command: ['aws', 's3', 'ls'],
      policy: [{ actions: ['s3:ListAllMyBuckets'], resources: ['*'] }],
    },
  },

  image: { build: true },

  // The hash of a random key that nobody has: the webhook stays shut until you put in the hash of your own.
  //   KEY=$(openssl rand -hex 32); printf %s "$KEY" | sha256sum
  apiKeySha256: 'a48ff10916be19c257cd95aebe3d31bccbbc4fc739ff320175bfcd80f7a8936a',

  // How AWS counts a partial hour is not published. Once your bill shows it (README, What it costs), set 'anchored' or 'clock'.
  billing: 'unknown',
  teardownLeadSeconds: 420,
  // How long a request may wait for its start, where that saves an hour; and the same for single repositories.
  maxDelaySeconds: 600,
  repositoryDelaySeconds: {},
  maxParallelTasks: 10,
  maxRepositoriesPerTask: 20,
  taskTimeLimitSeconds: 3_600,
  maxAttempts: 3,
} satisfies HourglassConfigInput;
