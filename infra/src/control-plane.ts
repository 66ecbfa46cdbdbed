/**
 * The control plane: all that is free to keep. Bus and rules, the lease's table, queues, the six functions, the schedule
 * group, the cluster and task definition, security groups, gateway endpoints, the webhook's API, and the roles. What
 * costs by the hour is in the endpoints stack, which this stack's provisioner creates and its teardown deletes.
 */
import { CfnOutput, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { alarmOnRestingMessages } from './alarms.ts';
import { locateEverything } from './arns.ts';
import type { Bundles } from './bundle.ts';
import { keepSourcesHonest } from './bus-policy.ts';
import type { HourglassConfig } from './config.ts';
import { composeEnvironments } from './environment.ts';
import { Functions } from './functions.ts';
import { createLeaseTable } from './lease-table.ts';
import { deploymentTag, nameEverything } from './names.ts';
import { Network } from './network.ts';
import * as services from './permissions.ts';
import * as others from './permissions-of-others.ts';
import { Queues } from './queues.ts';
import { Rules } from './rules.ts';
import { createSynthesizer } from './synthesizer.ts';
import { Tasks } from './tasks.ts';
import { WebhookApi } from './webhook-api.ts';

/** What the control plane is made of. */
export interface ControlPlaneProps {
  readonly config: HourglassConfig;
  /** The services' bundles; the provisioner's has the endpoints template in it. */
  readonly bundles: Bundles;
  /** Build context of the task image. */
  readonly imageContext: string;
}

/** The stack that a user deploys. */
export class ControlPlane extends Stack {
  constructor(scope: Construct, { config, bundles, imageContext }: ControlPlaneProps) {
    const names = nameEverything(config.deployment);
    super(scope, names.stack, {
      stackName: names.stack,
      description: `Hourglass ${config.deployment}: control plane (free to keep)`,
      analyticsReporting: false,
      synthesizer: createSynthesizer(),
    });
    const arns = locateEverything(this, names);

    const bus = new EventBus(this, 'Bus', { eventBusName: names.bus });
    const table = createLeaseTable(this, names.table);
    const queues = new Queues(this, 'Queues', names, arns);
    const network = new Network(this, 'Network', config);
    const scheduleGroup = new ScheduleGroup(this, 'ScheduleGroup', {
      scheduleGroupName: names.scheduleGroup,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const schedulerRole = new Role(this, 'SchedulerRole', {
      description: `What the one-off schedules of ${names.stack} may do`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions: others.trustScheduleGroup(arns) }),
      inlinePolicies: { alarm: new PolicyDocument({ statements: others.permitScheduler({ arns, queues }) }) },
    });
    const securityGroupId = network.endpointsSecurityGroup.securityGroupId;
    const stackRole = new Role(this, 'EndpointsStackRole', {
      description: `What CloudFormation may do for ${names.endpointsStack}`,
      assumedBy: new ServicePrincipal('cloudformation.amazonaws.com'),
      inlinePolicies: {
        endpoints: new PolicyDocument({ statements: others.permitEndpointsStack(arns, config, securityGroupId) }),
      },
    });
    const tasks = new Tasks(this, 'Tasks', {
      names,
      config,
      imageContext,
      environment: { TABLE_NAME: names.table },
      permissions: others.permitTask({ arns, table }, config),
    });

    const grounds = { arns, table, busArn: bus.eventBusArn, queues, schedulerRole };
    const functions = new Functions(this, 'Functions', {
      names,
      arns,
      config,
      queues,
      bundles,
      environments: composeEnvironments({
        stack: this,
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
        webhook: services.permitWebhook(grounds),
        intake: services.permitIntake(grounds),
        provisioner: services.permitProvisioner(grounds, stackRole),
        runner: services.permitRunner(grounds, [tasks.taskRole, tasks.executionRole]),
        teardown: services.permitTeardown(grounds),
        replay: services.permitReplay(grounds),
      },
    });
    new Rules(this, 'Rules', { names, arns, bus, queues, functions: functions.byName });
    keepSourcesHonest(new Construct(this, 'BusPolicy'), bus, functions.roles);
    const api = new WebhookApi(this, 'WebhookApi', names, config, functions.byName.webhook);
    const clientPolicy = new ManagedPolicy(this, 'ClientPolicy', {
      managedPolicyName: names.clientPolicy,
      description: `Lets a client on premises send requests to ${names.stack}`,
      document: new PolicyDocument({ statements: others.permitClient(bus.eventBusArn) }),
    });
    alarmOnRestingMessages(new Construct(this, 'Alarms'), queues.resting);
    Tags.of(this).add(deploymentTag, config.deployment);

    const tell = (id: string, value: string, description: string) => new CfnOutput(this, id, { value, description });
    tell('BusName', bus.eventBusName, 'The event bus that clients send requests to');
    tell('WebhookUrl', api.url, 'Where a webhook posts requests, with its key in x-api-key');
    tell('TableName', table.tableName, 'The lease and its requests');
    tell('ScheduleGroupName', scheduleGroup.scheduleGroupName, 'The one-off schedules, at most one at a time');
    tell('ClientPolicyArn', clientPolicy.managedPolicyArn, 'Attach this to who may send requests by PutEvents');
    tell(
      'FailedMirrorsQueueUrl',
      queues.failedMirrors.queueUrl,
      'Requests that failed for good, until they are replayed',
    );
  }
}
