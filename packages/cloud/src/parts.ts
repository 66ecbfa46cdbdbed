/**
 * The services of the simulated AWS, built and named in one place.
 */
import { type AccountPart, createAccountPart } from './account/index.ts';
import { createHttpApiPart, type HttpApiPart } from './apigateway/index.ts';
import { type CloudFormationPart, createCloudFormationPart, type StackTimings } from './cloudformation/index.ts';
import { type CodeCommitPart, createCodeCommitPart } from './codecommit/index.ts';
import type { CloudCore, CloudPart } from './core.ts';
import { type CostExplorerPart, createCostExplorerPart } from './costexplorer/index.ts';
import { createDynamoDbPart, type DynamoDbMode, type DynamoDbPart } from './dynamodb/index.ts';
import type { PartitionLimits } from './dynamodb/partitions.ts';
import { createEc2Part, type Ec2Part, type NetworkOptions } from './ec2/index.ts';
import { createEcsPart, type EcsOptions, type EcsPart } from './ecs/index.ts';
import { createEventsPart, type EventsPart } from './events/index.ts';
import type { Directory } from './iam/directory.ts';
import { createIamPart, type IamPart } from './iam/index.ts';
import { createLambdaPart, type LambdaPart } from './lambda/index.ts';
import { createLogsPart, type LogsPart } from './logs/index.ts';
import { createMonitoringPart, type MonitoringPart } from './monitoring/index.ts';
import { createPassivePart } from './passive/index.ts';
import { createS3Part, type S3Part } from './s3/index.ts';
import { createSchedulerPart } from './scheduler/index.ts';
import { createSecretsPart, type SecretsPart } from './secretsmanager/index.ts';
import { createTopicsPart, type TopicsPart } from './sns/index.ts';
import { createSqsPart } from './sqs/index.ts';
import { createParametersPart, type ParametersPart } from './ssm/index.ts';
import { createStsPart } from './sts/index.ts';
import type { AnswerCall } from './wire/faults.ts';

export interface CloudOptions {
  /** Default `123456789012`. */
  readonly account?: string;
  /** Default `ap-northeast-1`. */
  readonly region?: string;
  /** Where the clock starts, UTC epoch milliseconds. */
  readonly startMs?: number;
  /** Of all ids. The same seed and the same history give the same ids. */
  readonly seed?: number;
  /** Whether what is due at one moment runs interleaved instead of one after the other. */
  readonly interleave?: boolean;
  /** Which DynamoDB: `local` needs Java 17; `auto` takes it where it is found, else `memory`. */
  readonly dynamo?: DynamoDbMode;
  /** What a partition key of a table takes in a second. */
  readonly partitionLimits?: PartitionLimits;
  /** How long stacks take. */
  readonly stackTimings?: Partial<StackTimings>;
  /** How a task's container runs as a process of this machine: program and arguments. Without it a task's start fails. */
  readonly taskCommand?: readonly string[];
  /** Further settings of tasks. */
  readonly tasks?: Omit<EcsOptions, 'taskCommand'>;
  /** How long a function's first run in each environment is in coming, in milliseconds of the virtual clock. Default 0. */
  readonly coldStartMs?: number;
  /** Subnets there are, and how long endpoints take. */
  readonly network?: NetworkOptions;
}

export interface Parts {
  readonly events: EventsPart;
  readonly sqs: ReturnType<typeof createSqsPart>;
  readonly topics: TopicsPart;
  readonly lambda: LambdaPart;
  readonly scheduler: ReturnType<typeof createSchedulerPart>;
  readonly httpApi: HttpApiPart;
  readonly secrets: SecretsPart;
  readonly parameters: ParametersPart;
  readonly dynamodb: DynamoDbPart;
  readonly ec2: Ec2Part;
  readonly ecs: EcsPart;
  readonly cloudformation: CloudFormationPart;
  readonly codecommit: CodeCommitPart;
  readonly s3: S3Part;
  readonly logs: LogsPart;
  readonly account: AccountPart;
  readonly costExplorer: CostExplorerPart;
  readonly iam: IamPart;
  readonly monitoring: MonitoringPart;
  readonly all: readonly CloudPart[];
}

export function createParts(
  core: CloudCore,
  options: CloudOptions & { directory: Directory; answer: AnswerCall },
): Parts {
  const events = createEventsPart(core, (request) => httpApi.answer(request));
  const sqs = createSqsPart(core);
  const topics = createTopicsPart(core);
  const lambda = createLambdaPart(core, {
    queues: sqs.queues,
    answer: options.answer,
    coldStartMs: options.coldStartMs,
  });
  const scheduler = createSchedulerPart(core);
  const httpApi = createHttpApiPart(core);
  const secrets = createSecretsPart(core);
  const parameters = createParametersPart(core);
  const dynamodb = createDynamoDbPart(core, {
    ...(options.dynamo && { mode: options.dynamo }),
    ...(options.partitionLimits && { limits: options.partitionLimits }),
  });
  const ec2 = createEc2Part(core, options.network);
  const ecs = createEcsPart(core, {
    ...options.tasks,
    ...(options.taskCommand === undefined ? {} : { taskCommand: options.taskCommand }),
  });
  const cloudformation = createCloudFormationPart(
    core,
    options.stackTimings === undefined ? {} : { timings: options.stackTimings },
  );
  const codecommit = createCodeCommitPart(core);
  const s3 = createS3Part(core);
  const logs = createLogsPart(core);
  const account = createAccountPart(core, (vpcId) => ec2.surroundings.hostedZones.get(vpcId) ?? []);
  const costExplorer = createCostExplorerPart(core, () => ec2.lifetimes());
  const monitoring = createMonitoringPart(core, { queues: sqs.queues, logs: logs.store });
  const iam = createIamPart(core, options.directory);
  const all: CloudPart[] = [
    iam,
    events,
    sqs,
    topics,
    lambda,
    scheduler,
    httpApi,
    secrets,
    parameters,
    dynamodb,
    ec2,
    ecs,
    cloudformation,
    codecommit,
    s3,
    logs,
    account,
    costExplorer,
    monitoring,
    createStsPart(core, options.directory),
    createPassivePart(core),
  ];
  return {
    events,
    sqs,
    topics,
    lambda,
    scheduler,
    httpApi,
    secrets,
    parameters,
    dynamodb,
    ec2,
    ecs,
    cloudformation,
    codecommit,
    s3,
    logs,
    account,
    costExplorer,
    iam,
    monitoring,
    all,
  };
}
