/**
 * Hourglass as a construct, for any stack of anybody's app: bus and rules, the lease's table, queues, the functions, the
 * schedule group, the cluster and task definition, security groups, gateway endpoints, the webhook's API, alarms, and the
 * roles. All of it is free to keep. What costs by the hour is in the endpoints stack, which the provisioner creates and the
 * teardown deletes.
 */
import { LEASE_TAG } from '@hourglass/shared/tags';
import { RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, PolicyDocument } from 'aws-cdk-lib/aws-iam';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { acceptFindings } from './accepted-findings.ts';
import { Alarms } from './alarms.ts';
import { locateEverything } from './arns.ts';
import { type Assets, withAssets } from './assets.ts';
import { reserveSources } from './bus-policy.ts';
import { CleanUp } from './clean-up.ts';
import { type HourglassConfig, type HourglassConfigInput, parseConfig } from './config.ts';
import { mirrorNames } from './config-rules.ts';
import { chooseEndpointServices } from './endpoint-services.ts';
import { composeEnvironments } from './environment.ts';
import { Functions } from './functions.ts';
import { createLeaseTable } from './lease-table.ts';
import { nameEverything } from './names.ts';
import { Network } from './network.ts';
import * as services from './permissions.ts';
import * as others from './permissions-of-others.ts';
import { Queues } from './queues.ts';
import { createRolesOfServices } from './roles-of-services.ts';
import { Rules } from './rules.ts';
import { Tasks } from './tasks.ts';
import { WebhookApi } from './webhook-api.ts';

/**
 * The keys of `hourglass.config.ts`, each documented in `config.ts` with its default, and checked in the same way: a fault is a
 * ConfigurationInvalid that names the key.
 */
export type HourglassProps = HourglassConfigInput & {
  /** Bundles and build context made already. Default: made from this repository. */
  readonly assets?: Assets;
};

/** One deployment. Names are fixed by `deployment`, which must be the only one of its name in its account. */
export class Hourglass extends Construct {
  /** The checked configuration, defaults filled in. */
  readonly config: HourglassConfig;
  /** Short names of the services that get an interface endpoint while the lease is open. */
  readonly endpointServices: readonly string[];
  /** The event bus that clients send requests to. */
  readonly bus: EventBus;
  /** Where a webhook posts requests. */
  readonly webhookUrl: string;
  /** Lets its holder send requests by PutEvents. */
  readonly clientPolicy: ManagedPolicy;
  /** What is told when this is deployed: name to value and description. */
  readonly outputs: Readonly<Record<string, readonly [value: string, description: string]>>;

  constructor(scope: Construct, id: string, { assets, ...props }: HourglassProps) {
    super(scope, id);
    this.config = parseConfig(props);
    this.endpointServices = chooseEndpointServices(this.config);
    const made = assets === undefined ? withAssets(this.config, (ready) => this.#build(ready)) : this.#build(assets);
    [this.bus, this.webhookUrl, this.clientPolicy, this.outputs] = [
      made.bus,
      made.api.url,
      made.clientPolicy,
      made.outputs,
    ];
  }

  #build(assets: Assets) {
    const { config } = this;
    const names = nameEverything(config.deployment);
    const stack = Stack.of(this);
    const arns = locateEverything(stack, names);

    const bus = new EventBus(this, 'Bus', { eventBusName: names.bus });
    const table = createLeaseTable(this, names.table);
    const queues = new Queues(this, 'Queues', names, arns);
    const network = new Network(this, 'Network', config);
    const scheduleGroup = new ScheduleGroup(this, 'ScheduleGroup', {
      scheduleGroupName: names.scheduleGroup,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const securityGroupId = network.endpointsSecurityGroup.securityGroupId;
    const { schedulerRole, stackRole } = createRolesOfServices(this, { names, arns, config, queues, securityGroupId });
    const tasks = new Tasks(this, 'Tasks', {
      names,
      config,
      imageContext: assets.imageContext,
      environment: {
        TABLE_NAME: names.table,
        ...(Object.keys(config.sources.networks).length > 0 && {
          SOURCE_NETWORKS: JSON.stringify(config.sources.networks),
        }),
      },
      permissions: others.permitTask({ arns, table }, config),
    });

    const mirrors = mirrorNames(config).map(arns.repository);
    const scope = { arns, table, busArn: bus.eventBusArn, queues, schedulerRole };
    const functions = new Functions(this, 'Functions', {
      names,
      arns,
      config,
      queues,
      bundles: assets.bundles,
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
      }),
      permissions: {
        webhook: services.permitWebhook(scope),
        intake: services.permitIntake(scope),
        provisioner: services.permitProvisioner(scope, stackRole),
        runner: services.permitRunner(scope, [tasks.taskRole, tasks.executionRole], mirrors),
        teardown: services.permitTeardown(scope),
        replay: services.permitReplay(scope),
      },
    });
    const cleanUp = new CleanUp(this, 'CleanUp', {
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
    new Rules(this, 'Rules', { names, arns, bus, queues, functions: functions.byName });
    reserveSources(new Construct(this, 'BusPolicy'), bus, functions.roles);
    const api = new WebhookApi(this, 'WebhookApi', names, config, functions.byName.webhook);
    const clientPolicy = new ManagedPolicy(this, 'ClientPolicy', {
      managedPolicyName: names.clientPolicy,
      description: `Lets a client on premises send requests to ${names.stack}`,
      document: new PolicyDocument({ statements: others.permitClient(bus.eventBusArn) }),
    });
    new Alarms(this, 'Alarms', {
      names,
      queues,
      teardownLogs: functions.logs.teardown,
      email: config.alarmEmail,
    });
    Tags.of(this).add(LEASE_TAG, config.deployment);

    acceptFindings({
      hourglass: this,
      names,
      arns,
      config,
      deadLetterQueues: [queues.undelivered, queues.unhandled],
      cluster: tasks.cluster,
      taskDefinition: tasks.definition,
      webhookApi: api,
      taskRole: tasks.taskRole,
      executionRole: tasks.executionRole,
      stackRole,
      teardownRole: functions.roles.teardown,
      runnerRole: functions.roles.runner,
    });

    const outputs = {
      BusName: [bus.eventBusName, 'The event bus that clients send requests to'],
      WebhookUrl: [api.url, 'Where a webhook posts requests, with its key in x-api-key'],
      TableName: [table.tableName, 'The lease and its requests'],
      ScheduleGroupName: [scheduleGroup.scheduleGroupName, 'The schedules, at most one at a time'],
      ClientPolicyArn: [clientPolicy.managedPolicyArn, 'Attach this to who may send requests by PutEvents'],
      FailedMirrorsQueueUrl: [queues.failedMirrors.queueUrl, 'Requests that failed for good, until they are replayed'],
    } as const;
    return { bus, api, clientPolicy, outputs };
  }
}
