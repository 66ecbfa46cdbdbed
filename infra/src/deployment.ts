/**
 * All that a deployment has and that is free to keep: bus and rules, the lease's table, queues, the functions, the schedule group, the
 * cluster and task definition, security groups, gateway endpoints, the webhook's API, alarms, and the roles. What costs by the hour is in
 * the endpoints stack, which the provisioner creates and the teardown deletes.
 */
import { LEASE_TAG } from '@hourglass/shared/tags';
import { RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, PolicyDocument } from 'aws-cdk-lib/aws-iam';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { acceptFindings } from './accepted-findings.ts';
import { Alarms } from './alarms.ts';
import { createAnswersTopic, Outside } from './answers.ts';
import { locateEverything } from './arns.ts';
import type { Assets } from './assets.ts';
import { admitClients, reserveSources } from './bus-policy.ts';
import { CleanUp } from './clean-up.ts';
import { ConfigurationInvalid, type HourglassConfig } from './config.ts';
import { commandWords, hasDirect, mirrorNames, refsByMirror } from './config-rules.ts';
import { OwnDashboard } from './dashboard.ts';
import { describeDeployment } from './describe-deployment.ts';
import { DirectStore } from './direct-store.ts';
import { composeEnvironments } from './environment.ts';
import { Functions } from './functions.ts';
import { createLeaseTable } from './lease-table.ts';
import { addLogQueries } from './log-queries.ts';
import { createMirrorSchedules } from './mirror-schedules.ts';
import { type FunctionName, nameEverything, type ServiceName } from './names.ts';
import { Network, type OwnSecurityGroups } from './network.ts';
import * as services from './permissions.ts';
import * as operators from './permissions-of-operators.ts';
import * as others from './permissions-of-others.ts';
import { Queues } from './queues.ts';
import { createRolesOfServices } from './roles-of-services.ts';
import { Rules } from './rules.ts';
import { RuntimeTags } from './runtime-tags.ts';
import { registerSchemas } from './schema-registry.ts';
import { explainRegion } from './service-names.ts';
import { Tasks, type TasksProps } from './tasks.ts';
import { WebhookApi } from './webhook-api.ts';

/** What was made. */
export type Deployment = ReturnType<typeof createDeployment>;

/** What the user has already. */
export type Own = OwnSecurityGroups & Pick<TasksProps, 'image'>;

/** Makes everything below `scope`. */
export function createDeployment(scope: Construct, config: HourglassConfig, assets: Assets, own: Own = {}) {
  const names = nameEverything(config.deployment);
  const stack = Stack.of(scope);
  const arns = locateEverything(stack, names);
  const missing = explainRegion(stack.region);
  if (missing !== undefined) throw new ConfigurationInvalid(`the stack's Region: ${missing}`);

  const bus = new EventBus(scope, 'Bus', { eventBusName: names.bus });
  const table = createLeaseTable(scope, names.table);
  const queues = new Queues(scope, 'Queues', names, arns);
  const network = new Network(scope, 'Network', config, own);
  const scheduleGroup = new ScheduleGroup(scope, 'ScheduleGroup', {
    scheduleGroupName: names.scheduleGroup,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const securityGroupId = network.endpointsSecurityGroup.securityGroupId;
  const { schedulerRole, stackRole } = createRolesOfServices(scope, { names, arns, config, queues, securityGroupId });
  const tasks = new Tasks(scope, 'Tasks', {
    names,
    config,
    image: own.image,
    imageContext: assets.imageContext,
    environment: {
      TABLE_NAME: names.table,
      ...(Object.keys(config.repositoryRefs).length > 0 && { REPOSITORY_REFS: JSON.stringify(refsByMirror(config)) }),
      ...(Object.keys(config.sources.networks).length > 0 && {
        SOURCE_NETWORKS: JSON.stringify(config.sources.networks),
      }),
    },
    permissions: others.permitTask({ arns, table }, config),
  });

  const answersTopic = createAnswersTopic(scope, names, config.answers);
  const store = hasDirect(config)
    ? new DirectStore(scope, 'DirectStore', { config, vpc: network.vpc, gatewayEndpointId: network.s3EndpointId })
    : undefined;
  const mirrors = mirrorNames(config).map(arns.repository);
  const runtimeTags = new RuntimeTags(scope, 'RuntimeTags', {
    deployment: config.deployment,
    endpointsTemplate: assets.endpointsTemplate,
    commands: JSON.stringify(commandWords(config.commands)),
  });
  const permitted = { arns, table, busArn: bus.eventBusArn, queues, schedulerRole };
  const functions = new Functions(scope, 'Functions', {
    names,
    arns,
    config,
    queues,
    bundles: assets.services,
    environments: composeEnvironments({
      stack,
      config,
      names,
      arns,
      queues,
      schedulerRoleArn: schedulerRole.roleArn,
      stackRoleArn: stackRole.roleArn,
      taskDefinitionArn: tasks.definition.taskDefinitionArn,
      taskSecurityGroupId: network.taskSecurityGroup.securityGroupId,
      endpointsSecurityGroupId: securityGroupId,
      bucketName: store?.bucket.bucketName,
      tags: runtimeTags.json,
      answersTopicArn: answersTopic?.topicArn,
    }),
    permissions: {
      webhook: services.permitWebhook(permitted, config),
      intake: services.permitIntake(permitted),
      provisioner: services.permitProvisioner(permitted, stackRole, mirrors),
      runner: [
        ...services.permitRunner(permitted, [tasks.taskRole, tasks.executionRole], mirrors),
        ...(store ? services.permitDirectRunner(permitted) : []),
      ],
      teardown: services.permitTeardown(permitted),
      replay: services.permitReplay(permitted),
      notifier: services.permitNotifier(permitted, config, answersTopic),
      ...(store && {
        fetcher: services.permitFetcher(permitted, store.bucket, names, others.permitCredentialObjects(config)),
        pusher: services.permitPusher(permitted, store.bucket, mirrors),
      }),
    },
    fetcherVpc: store && {
      subnetIds: config.taskSubnets,
      securityGroupId: store.securityGroup.securityGroupId,
    },
  });
  if (store && functions.roles.pusher) store.readBy(functions.roles.pusher.roleArn);
  createMirrorSchedules(scope, { names, arns, config, queues, bus });
  const cleanUp = new CleanUp(scope, 'CleanUp', {
    names,
    arns,
    config,
    queues,
    code: assets.cleanUp,
    schedulerRole,
    stackRole,
    scheduleGroup,
  });
  // Deleted before the clean-up begins, so that nothing opens endpoints anew behind its back.
  functions.byName.provisioner.node.addDependency(cleanUp.resource);
  new Rules(scope, 'Rules', {
    names,
    arns,
    bus,
    queues,
    functions: functions.byName,
    bucketName: store?.bucket.bucketName,
  });
  const { destination } = config.answers;
  if (destination !== undefined) new Outside(scope, 'Outside', { names, bus, queues, destination });
  const busPolicy = new Construct(scope, 'BusPolicy');
  reserveSources(busPolicy, bus, functions.roles);
  admitClients(busPolicy, bus, config.clients);
  const { webhook } = functions.byName;
  const api = webhook && new WebhookApi(scope, 'WebhookApi', names, config, webhook);
  const clientPolicy = new ManagedPolicy(scope, 'ClientPolicy', {
    managedPolicyName: names.clientPolicy,
    description: `Lets a client on premises send requests to ${names.stack}`,
    document: new PolicyDocument({ statements: others.permitClient(bus.eventBusArn) }),
  });
  const ofOperators = {
    arns,
    table,
    busArn: bus.eventBusArn,
    queues,
    config,
    roleArns: [
      ...Object.values(functions.roles).map(({ roleArn }) => roleArn),
      ...[tasks.taskRole, tasks.executionRole, stackRole, schedulerRole].map(({ roleArn }) => roleArn),
    ],
  };
  const operatorReadPolicy = new ManagedPolicy(scope, 'OperatorReadPolicy', {
    managedPolicyName: names.operatorReadPolicy,
    description: `Lets an operator look at ${names.stack}`,
    document: new PolicyDocument({ statements: operators.permitLooking(ofOperators) }),
  });
  const operatorPolicy = new ManagedPolicy(scope, 'OperatorPolicy', {
    managedPolicyName: names.operatorPolicy,
    description: `Lets an operator act on ${names.stack}, and look at it`,
    document: new PolicyDocument({
      statements: [...operators.permitLooking(ofOperators), ...operators.permitActing(ofOperators)],
    }),
  });
  new Alarms(scope, 'Alarms', {
    names,
    queues,
    teardownLogs: functions.logs.teardown,
    runnerLogs: functions.logs.runner,
    provisionerLogs: functions.logs.provisioner,
    email: config.alarmEmail,
  });
  addLogQueries(scope, names, Object.values(functions.logs));
  if (config.schemas) registerSchemas(scope, names);
  if (config.dashboard)
    new OwnDashboard(scope, 'Dashboard', {
      names,
      queues,
      services: Object.keys(functions.logs) as ServiceName[],
      hasMetrics: config.metrics,
    });
  const roles = Object.entries(functions.roles).map(([service, role]) => [service, role.roleArn]);
  describeDeployment(scope, {
    names,
    arns,
    config,
    queues,
    made: {
      taskSecurityGroup: network.taskSecurityGroup.securityGroupId,
      endpointsSecurityGroup: securityGroupId,
      taskDefinition: tasks.definition.taskDefinitionArn,
      scheduleGroup: names.scheduleGroup,
      functions: Object.fromEntries(
        Object.keys(functions.byName).map((name) => [name, names.function(name as FunctionName)]),
      ),
      roles: {
        ...Object.fromEntries(roles),
        task: tasks.taskRole.roleArn,
        execution: tasks.executionRole.roleArn,
        stack: stackRole.roleArn,
        scheduler: schedulerRole.roleArn,
      },
      hooksUrl: api?.hooksUrl ?? null,
    },
  });
  for (const [key, value] of Object.entries({ ...config.tags, [LEASE_TAG]: config.deployment })) {
    Tags.of(scope).add(key, value);
  }

  acceptFindings({
    hourglass: scope,
    names,
    arns,
    config,
    deadLetterQueues: [queues.undelivered, queues.unhandled],
    cluster: tasks.cluster,
    taskDefinition: tasks.definition,
    ...(api && { webhookApi: api }),
    taskRole: tasks.taskRole,
    executionRole: tasks.executionRole,
    stackRole,
    teardownRole: functions.roles.teardown,
    runnerRole: functions.roles.runner,
    provisionerRole: functions.roles.provisioner,
    operatorPolicies: [operatorReadPolicy, operatorPolicy],
    tableIndexes: [`${table.tableArn}/index/*`],
    direct: store &&
      functions.roles.fetcher &&
      functions.roles.pusher && {
        bucket: store.bucket,
        fetcherRole: functions.roles.fetcher,
        pusherRole: functions.roles.pusher,
      },
  });

  const outputs = {
    BusName: [bus.eventBusName, 'The event bus that clients send requests to'],
    ...(api?.url !== undefined && {
      WebhookUrl: [api.url, 'Where a client posts requests, with its key in x-api-key'] as const,
    }),
    ...(api?.hooksUrl !== undefined && {
      HooksUrl: [api.hooksUrl, 'Before the name of a source: the address to paste into a git server'] as const,
    }),
    TableName: [table.tableName, 'The lease and its requests'],
    ScheduleGroupName: [scheduleGroup.scheduleGroupName, 'The schedules, at most one at a time'],
    ClientPolicyArn: [clientPolicy.managedPolicyArn, 'Attach this to who may send requests by PutEvents'],
    OperatorPolicyArn: [operatorPolicy.managedPolicyArn, 'Attach this to who operates the deployment'],
    OperatorReadPolicyArn: [operatorReadPolicy.managedPolicyArn, 'Attach this to who may only look at it'],
    FailedMirrorsQueueUrl: [queues.failedMirrors.queueUrl, 'Requests that failed for good, until they are replayed'],
  } as const;
  return { names, bus, table, queues, network, tasks, functions, api, clientPolicy, outputs };
}
