/**
 * Hourglass as a construct, for any stack of anybody's app: it derives a configuration from its props, checks it, and makes the
 * deployment below itself. What others do with it stands here: grants, metrics, and what was made as properties.
 */
import { Annotations, Duration, Stack, Token } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Grant, type IGrantable, type IManagedPolicy, type IPrincipal, type IRole } from 'aws-cdk-lib/aws-iam';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct, type IConstruct } from 'constructs';
import { type Assets, withAssets } from './assets.ts';
import { ConfigurationInvalid } from './config.ts';
import { createDeployment, type Deployment } from './deployment.ts';
import { deriveConfig, isContainerImage } from './derive-config.ts';
import { chooseEndpointServices } from './endpoint-services.ts';
import type { HourglassProps } from './hourglass-props.ts';
import { permitClient } from './permissions-of-others.ts';

const mark = Symbol.for('hourglass.deployment');

/** One deployment of Hourglass. As a grantee it is its tasks: `bucket.grantRead(hourglass)` lets commands read the bucket. */
export class Hourglass extends Construct implements IGrantable {
  /** Name of the deployment; part of every resource's name. */
  readonly deployment: string;
  /** Short names of the services that get an interface endpoint while the lease is open. */
  readonly endpointServices: readonly string[];
  /** The event bus that clients send requests to, with an event for each outcome. */
  readonly bus: EventBus;
  /** The lease and its requests. */
  readonly table: Table;
  /** Requests that failed for good, until they are redriven. */
  readonly failedMirrorsQueue: IQueue;
  /** Where a webhook posts requests; undefined without a key for it. */
  readonly webhookUrl: string | undefined;
  /** Lets its holder send requests by PutEvents: for a client that is no construct. */
  readonly clientPolicy: IManagedPolicy;
  /** What a task may do. */
  readonly taskRole: IRole;
  /** The tasks'. */
  readonly taskSecurityGroup: ISecurityGroup;
  /** The interface endpoints', while they are there. */
  readonly endpointsSecurityGroup: ISecurityGroup;
  /** The task role. */
  readonly grantPrincipal: IPrincipal;
  /** What there is to know once it is deployed: name to value and description. The construct makes no outputs of it by itself. */
  readonly outputs: Readonly<Record<string, readonly [value: string, description: string]>>;
  readonly #made: Deployment;

  /** Throws {@link ConfigurationInvalid} for props that cannot be used: each of its lines names one, and what would be right. */
  constructor(scope: Construct, id: string, props: HourglassProps) {
    super(scope, id);
    // For tests of this room: bundles that are made already.
    const { assets, ...given } = (props ?? {}) as HourglassProps & { assets?: Assets };
    const config = deriveConfig(this, given);
    this.deployment = config.deployment;
    this.endpointServices = chooseEndpointServices(config);
    Object.defineProperty(this, mark, { value: config.vpcId });
    this.#refuseNeighbours();
    const { image, taskSecurityGroup, endpointsSecurityGroup } = given;
    const own = { taskSecurityGroup, endpointsSecurityGroup, image: isContainerImage(image) ? image : undefined };
    const create = (ready: Assets) => createDeployment(this, config, ready, own);
    const made = assets === undefined ? withAssets(config, create) : create(assets);
    this.#made = made;
    this.bus = made.bus;
    this.table = made.table;
    this.failedMirrorsQueue = made.queues.failedMirrors;
    this.webhookUrl = made.api?.url;
    this.clientPolicy = made.clientPolicy;
    this.taskRole = made.tasks.taskRole;
    this.grantPrincipal = made.tasks.taskRole.grantPrincipal;
    this.taskSecurityGroup = made.network.taskSecurityGroup;
    this.endpointsSecurityGroup = made.network.endpointsSecurityGroup;
    this.outputs = made.outputs;
  }

  /**
   * Lets `grantee` ask for mirrors and commands: PutEvents on this bus, in a client's name, for the two events that clients may send.
   * A grantee of another account, or one that takes no policy, gets a warning: it is named in `clients`.
   */
  grantRequest(grantee: IGrantable): Grant {
    const principal = principalOf('grantRequest', grantee);
    const [statement] = permitClient(this.bus.eventBusArn);
    const grant = Grant.addToPrincipal({
      grantee,
      actions: ['events:PutEvents'],
      resourceArns: [this.bus.eventBusArn],
      conditions: statement?.conditions,
    });
    const { account } = Stack.of(this);
    const isForeign = isKnown(principal.principalAccount) && isKnown(account) && principal.principalAccount !== account;
    if (!grant.success || isForeign) {
      Annotations.of(this).addWarningV2(
        'hourglass:nothing-granted',
        `grantRequest: ${isForeign ? `${principal.principalAccount} is another account, whose policies this app does not write` : `${principal} takes no policy`}: name it in clients, such as ['444455556666'] or the ARN of a role, and give it the permission at home.`,
      );
    }
    return grant;
  }

  /** Lets `grantee` read the lease, what waits, and how requests ended. */
  grantReadStatus(grantee: IGrantable): Grant {
    principalOf('grantReadStatus', grantee);
    return this.table.grantReadData(grantee);
  }

  /**
   * Hours that one endpoint was paid for, as the bill counts them, summed up; the bill has them once for each of {@link endpointServices} and each Zone.
   * Written when endpoints are gone. The first call makes a metric filter, whose metric CloudWatch bills for the hours in which there is a value.
   */
  metricPaidHours(options?: MetricOptions): Metric {
    const { names, functions } = this.#made;
    const id = 'PaidHours';
    const filter =
      (this.node.tryFindChild(id) as MetricFilter | undefined) ??
      new MetricFilter(this, id, {
        logGroup: functions.logs.teardown,
        metricNamespace: names.metrics,
        metricName: id,
        filterPattern: FilterPattern.numberValue('$.paidHours', '>=', 0),
        metricValue: '$.paidHours',
      });
    return filter.metric({ statistic: 'Sum', period: Duration.days(1), ...options });
  }

  /** Requests that came to the bus, good or bad. */
  metricRequests(options?: MetricOptions): Metric {
    const { names } = this.#made;
    return new Metric({
      namespace: 'AWS/Events',
      metricName: 'MatchedEvents',
      dimensionsMap: { EventBusName: names.bus, RuleName: names.rules.requests },
      statistic: 'Sum',
      ...options,
    }).attachTo(this);
  }

  /** Requests that failed for good and rest in {@link failedMirrorsQueue}. */
  metricFailedMirrors(options?: MetricOptions): Metric {
    return this.failedMirrorsQueue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', ...options });
  }

  /** Two of one name would be refused at deploy, in the middle; two in one VPC would be in each other's way whenever both are open. */
  #refuseNeighbours(): void {
    const { account, region } = Stack.of(this);
    for (const other of this.node.root.node.findAll().filter(isOther(this))) {
      if (other.deployment === this.deployment && isSame(Stack.of(other), account, region)) {
        throw new ConfigurationInvalid(
          `deployment: must be another name than ${this.deployment}, which ${other.node.path} has in the same account and Region`,
        );
      }
      if (other[mark] === (this as unknown as Other)[mark]) {
        Annotations.of(this).addWarningV2(
          'hourglass:two-in-one-vpc',
          `${other.node.path} is in the same VPC: endpoints with private DNS can stand in it once, so what opens second fails until the first is closed. One deployment can mirror both's repositories.`,
        );
      }
    }
  }
}

type Other = IConstruct & { deployment: string; [mark]: string };

/** By its mark and not by its class: an app may have two copies of this package. */
const isOther =
  (self: Construct) =>
  (one: IConstruct): one is Other =>
    one !== self && mark in one;

/** As plain JavaScript may call it. */
function principalOf(method: string, grantee: IGrantable | undefined): IPrincipal {
  if (typeof grantee?.grantPrincipal === 'object') return grantee.grantPrincipal;
  throw new ConfigurationInvalid(
    `${method}: must be given a role, user or function of the CDK; an ARN as iam.Role.fromRoleArn(this, 'Client', 'arn:aws:iam::111122223333:role/client')`,
  );
}

const isKnown = (account: string | undefined) => account !== undefined && !Token.isUnresolved(account);

const isSame = (other: Stack, account: string, region: string) => other.account === account && other.region === region;
