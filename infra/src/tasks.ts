/**
 * Where tasks run: the cluster, the task definition (Fargate, ARM64), its two roles, its log group. The container's root
 * is read-only; /tmp, on the task's own disk, is the only place it can write. The image has to declare /tmp as a VOLUME,
 * because a bind mount takes the directory's owner and mode from the image only then:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
 */
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  CfnCluster,
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LogDriver,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { HourglassConfig } from './config.ts';
import { spreadStatements } from './many-resources.ts';
import { type Names, taskContainerName, taskLogStreamPrefix } from './names.ts';

/** What the tasks are made of. */
export interface TasksProps {
  readonly names: Names;
  readonly config: HourglassConfig;
  /** An image of the CDK's, in the place of the configured one. */
  readonly image?: ContainerImage | undefined;
  /** A build context with the Dockerfile and all it copies. */
  readonly imageContext: string;
  readonly environment: Record<string, string>;
  /** What the task role is allowed. */
  readonly permissions: PolicyStatement[];
}

/** Neither root nor a name: ids need no entry in the image's passwd file. */
const taskUser = '1000:1000';

/** Cluster, task definition and roles. */
export class Tasks extends Construct {
  readonly cluster: CfnCluster;
  readonly definition: FargateTaskDefinition;
  readonly taskRole: Role;
  readonly executionRole: Role;

  constructor(scope: Construct, id: string, { names, config, ...props }: TasksProps) {
    super(scope, id);
    this.cluster = new CfnCluster(this, 'Cluster', {
      clusterName: names.cluster,
      // Container Insights costs by the metric and shows nothing the task's own result does not.
      clusterSettings: [{ name: 'containerInsights', value: 'disabled' }],
    });
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: names.taskLogs,
      retention: config.logRetentionDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const { inline, managed } = spreadStatements(this, 'TaskPolicies', props.permissions);
    this.taskRole = new Role(this, 'TaskRole', {
      description: `What a task of ${names.stack} may do`,
      assumedBy: fargateOfThisAccount(),
      inlinePolicies: { task: new PolicyDocument({ statements: inline }) },
      managedPolicies: managed,
    });
    // Its permissions follow below from the image and the log driver: pull this one repository, write this one log group.
    this.executionRole = new Role(this, 'ExecutionRole', {
      description: `What Fargate does to start a task of ${names.stack}`,
      assumedBy: fargateOfThisAccount(),
    });
    const { cpu, memoryMiB, ephemeralStorageGiB } = config.task;
    this.definition = new FargateTaskDefinition(this, 'Definition', {
      family: names.taskFamily,
      cpu,
      memoryLimitMiB: memoryMiB,
      // 20 GiB is what Fargate gives unasked, and the property must be left out to get it.
      ...(ephemeralStorageGiB > 20 && { ephemeralStorageGiB }),
      runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
      taskRole: this.taskRole,
      executionRole: this.executionRole,
      volumes: [{ name: 'scratch' }],
    });
    const container = this.definition.addContainer(taskContainerName, {
      containerName: taskContainerName,
      image: props.image ?? this.#chooseImage(config.image, props.imageContext),
      environment: props.environment,
      logging: LogDriver.awsLogs({ logGroup, streamPrefix: taskLogStreamPrefix }),
      user: taskUser,
      readonlyRootFilesystem: true,
      // Time for the entrypoint to write its result after SIGTERM.
      stopTimeout: Duration.seconds(30),
    });
    container.addMountPoints({ sourceVolume: 'scratch', containerPath: '/tmp', readOnly: false });
  }

  #chooseImage(image: HourglassConfig['image'], imageContext: string): ContainerImage {
    if ('build' in image) return ContainerImage.fromAsset(imageContext, { platform: Platform.LINUX_ARM64 });
    const [, account, region, repository, tagOrDigest] =
      /^(\d+)\.dkr\.ecr\.([^.]+)\.[^/]+\/([^:@]+)[:@](.+)$/.exec(image.uri) ?? [];
    if (account === undefined || region === undefined || repository === undefined || tagOrDigest === undefined) {
      throw new Error(`not an image in ECR: ${image.uri}`);
    }
    const source = Repository.fromRepositoryAttributes(this, 'Repository', {
      repositoryName: repository,
      repositoryArn: `arn:${Aws.PARTITION}:ecr:${region}:${account}:repository/${repository}`,
    });
    return ContainerImage.fromEcrRepository(source, tagOrDigest);
  }
}

/** Only for tasks of this account: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
function fargateOfThisAccount(): ServicePrincipal {
  return new ServicePrincipal('ecs-tasks.amazonaws.com', {
    conditions: {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}:*` },
    },
  });
}
