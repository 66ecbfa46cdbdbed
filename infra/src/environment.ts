/** The environment of each service, as strings: what `config.ts` of that service parses, by whose types this is checked. */
import type { FetcherEnv } from '@hourglass/fetcher/config';
import type { IntakeEnv } from '@hourglass/intake/config';
import type { NotifierEnv } from '@hourglass/notifier/config';
import type { ProvisionerEnv } from '@hourglass/provisioner/config';
import type { PusherEnv } from '@hourglass/pusher/config';
import type { ReplayEnv } from '@hourglass/replay/config';
import type { RunnerEnv } from '@hourglass/runner/config';
import type { TeardownEnv } from '@hourglass/teardown/config';
import type { WebhookEnv } from '@hourglass/webhook/config';
import { Aws, type Stack } from 'aws-cdk-lib';
import type { Arns } from './arns.ts';
import type { HourglassConfig } from './config.ts';
import { hasNotifier, statusHosts } from './config-answers.ts';
import { commandWords, hasDirect, hasWebhook, otherCarriers, refsByMirror } from './config-rules.ts';
import { directAttemptSeconds, maxPackBytes } from './direct-limits.ts';
import { chooseEndpointServices } from './endpoint-services.ts';
import type { EndpointsStackParameters } from './endpoints-stack.ts';
import type { Names } from './names.ts';
import type { Queues } from './queues.ts';

/** What the environments are made from. */
export interface EnvironmentParts {
  readonly stack: Stack;
  readonly config: HourglassConfig;
  readonly names: Names;
  readonly arns: Arns;
  readonly queues: Queues;
  readonly schedulerRoleArn: string;
  readonly stackRoleArn: string;
  readonly taskDefinitionArn: string;
  readonly taskSecurityGroupId: string;
  readonly endpointsSecurityGroupId: string;
  /** Of the direct carrier, where there is one. */
  readonly bucketName?: string | undefined;
  /** What is made at run time is given these, as JSON. */
  readonly tags: string;
  /** Who is mailed when a repository fails; undefined: nobody. */
  readonly answersTopicArn: string | undefined;
}

/** The environment of every service. */
export type Environments = {
  /** Where there is a webhook. */
  webhook?: WebhookEnv;
  intake: IntakeEnv;
  provisioner: ProvisionerEnv;
  runner: RunnerEnv;
  teardown: TeardownEnv;
  replay: ReplayEnv;
  /** Where somebody is notified, or commits are marked. */
  notifier?: NotifierEnv;
  /** Where there is the direct carrier. */
  fetcher?: FetcherEnv;
  pusher?: PusherEnv;
};

/** Composes the environment of every service. */
export function composeEnvironments(parts: EnvironmentParts): Environments {
  const { config, names, arns, queues } = parts;
  const lease = composeLeaseEnvironment(parts);
  const commands = JSON.stringify(commandWords(config.commands));
  const admission = {
    ALLOWED_SOURCE_HOSTS: config.sources.hosts.join(','),
    COMMANDS: commands,
    REPOSITORIES: JSON.stringify(config.repositories ?? null),
  };
  const stackParameters: EndpointsStackParameters = {
    VpcId: config.vpcId,
    SubnetIds: config.endpointSubnets.map(({ subnet }) => subnet).join(','),
    SecurityGroupId: parts.endpointsSecurityGroupId,
  };
  return {
    ...(hasWebhook(config) && {
      webhook: {
        ...admission,
        BUS_NAME: names.bus,
        API_KEY_SHA256: config.apiKeySha256 ?? '',
        OAUTH: JSON.stringify(config.webhook.oauth ?? null),
        WEBHOOKS: JSON.stringify(hookSources(config)),
        REPOSITORY_SOURCES: JSON.stringify(config.repositorySources),
      },
    }),
    intake: {
      ...lease,
      ...admission,
      DESTINATION_PREFIX: config.destinationPrefix ?? `codecommit::${Aws.REGION}://`,
      DESTINATIONS: JSON.stringify(config.destinations),
      MAX_DELAY_SECONDS: String(config.maxDelaySeconds),
      REPOSITORY_DELAY_SECONDS: JSON.stringify(config.repositoryDelaySeconds),
      CARRIERS: JSON.stringify({
        carrier: config.carrier,
        others: otherCarriers(config),
        directLeaseId: names.directLease,
      }),
      REJECTED_QUEUE_URL: queues.intakeDead.queueUrl,
    },
    provisioner: {
      ...lease,
      STACK_NAME: names.endpointsStack,
      STACK_ID_PREFIX: arns.endpointsStackPrefix,
      STACK_ROLE_ARN: parts.stackRoleArn,
      STACK_PARAMETERS: parts.stack.toJsonString(stackParameters),
      FAILED_QUEUE_URL: queues.failedMirrors.queueUrl,
      TAGS: parts.tags,
    },
    runner: {
      ...lease,
      CLUSTER_ARN: arns.cluster,
      TASK_DEFINITION_ARN: parts.taskDefinitionArn,
      TASK_SUBNETS: config.taskSubnets.join(','),
      TASK_SECURITY_GROUP: parts.taskSecurityGroupId,
      COMMANDS: commands,
      DIRECT: hasDirect(config)
        ? parts.stack.toJsonString({
            leaseId: names.directLease,
            fetcherArn: arns.function('fetcher'),
            attemptSeconds: directAttemptSeconds,
          })
        : 'null',
      FAILED_QUEUE_URL: queues.failedMirrors.queueUrl,
      TAGS: parts.tags,
    },
    teardown: lease,
    ...(parts.bucketName !== undefined && {
      fetcher: {
        TABLE_NAME: names.table,
        LEASE_ID: names.directLease,
        BUCKET_NAME: parts.bucketName,
        MAX_PACK_BYTES: String(maxPackBytes),
        SOURCE_NETWORKS: JSON.stringify(config.sources.networks),
        REPOSITORY_REFS: JSON.stringify(refsByMirror(config)),
      },
      pusher: {
        TABLE_NAME: names.table,
        LEASE_ID: names.directLease,
        BUS_NAME: names.bus,
        BUCKET_NAME: parts.bucketName,
      },
    }),
    replay: {
      BUS_NAME: names.bus,
      LEASE_ID: names.deployment,
      TABLE_NAME: names.table,
      FAILED_QUEUE_ARN: queues.failedMirrors.queueArn,
      REPLAY_QUEUE_ARN: queues.replay.queueArn,
      FAILED_QUEUE_URL: queues.failedMirrors.queueUrl,
    },
    ...(hasNotifier(config) && {
      notifier: {
        LEASE_ID: names.deployment,
        TABLE_NAME: names.table,
        TOPIC_ARN: parts.answersTopicArn ?? '',
        COMMIT_STATUS: JSON.stringify(statusHosts(config.answers)),
        REPOSITORY_SOURCES: JSON.stringify(config.repositorySources),
      },
    }),
  };
}

/** The sources of webhooks as the function reads them: where each one's secret rests, never the secret. */
function hookSources({ webhooks }: HourglassConfig) {
  return Object.fromEntries(
    Object.entries(webhooks).map(([name, { server, secret, hosts }]) => [
      name,
      { server, parameter: secret.parameter, ...(hosts && { hosts }) },
    ]),
  );
}

/** Interface endpoints of an open hour, each Zone by itself. */
function countEndpoints(config: HourglassConfig): number {
  return chooseEndpointServices(config).length * config.endpointSubnets.length;
}

/** The variables of every function that works on the lease. */
function composeLeaseEnvironment({ config, names, arns, queues, schedulerRoleArn }: EnvironmentParts) {
  return {
    LEASE_ID: names.deployment,
    TABLE_NAME: names.table,
    BUS_NAME: names.bus,
    SCHEDULE_GROUP: names.scheduleGroup,
    SCHEDULER_ROLE_ARN: schedulerRoleArn,
    TIMER_FUNCTION_ARN_PREFIX: arns.functionPrefix,
    UNDELIVERED_QUEUE_ARN: queues.undelivered.queueArn,
    BILLING_CLOCK: config.billing,
    TEARDOWN_LEAD_SECONDS: String(config.teardownLeadSeconds),
    CREATE_SECONDS: String(config.createSeconds),
    MAX_PARALLEL_TASKS: String(config.maxParallelTasks),
    MAX_REPOSITORIES_PER_TASK: String(config.maxRepositoriesPerTask),
    TASK_TIME_LIMIT_SECONDS: String(config.taskTimeLimitSeconds),
    MAX_ATTEMPTS: String(config.maxAttempts),
    RETRY_WITHIN_SECONDS: String(config.retryWithinSeconds),
    MAX_CREATE_FAILURES: String(config.maxCreateFailures),
    METRICS: JSON.stringify(config.metrics ? { namespace: names.metrics, endpoints: countEndpoints(config) } : null),
  };
}
