/** What the construct `Hourglass` takes: the keys of a configuration, and in their place the CDK's own things. */
import type { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { EndpointSubnet, HourglassConfigInput, RepositoryInput } from './configuration.ts';

/** Keys that are there for a configuration in a file, and that `vpc` stands for. */
type PlainNetwork = 'vpcId' | 'vpcCidrs' | 'taskSubnets' | 'endpointSubnets' | 'routeTables' | 'prefixLists';

/**
 * A whole deployment is `{ vpc, sources, image, repositories }`. Every key of `hourglass.config.ts` may be given beside them, each documented
 * there with its default, and is checked in the same way: a fault is a {@link ConfigurationInvalid} that names the prop.
 */
export interface HourglassProps
  extends Omit<HourglassConfigInput, PlainNetwork | 'deployment' | 'image' | 'repositories'>,
    Partial<Omit<Pick<HourglassConfigInput, PlainNetwork>, 'endpointSubnets'>> {
  /**
   * Name of this deployment; part of every resource's name. At most 24 lower-case letters, digits and hyphens; the only one of its name in its
   * account and Region. Default: made from where the construct stands in the app.
   */
  readonly deployment?: string | undefined;
  /**
   * The VPC that the tasks and the endpoints are in. What is not said is derived from it: ranges, subnets, Zones, route tables, and endpoints that
   * the app itself has made in it. Default: none; then `vpcId`, `vpcCidrs`, `taskSubnets`, `routeTables` and `prefixLists` say the same in plain ids.
   * (To `exactOptionalPropertyTypes`, the CDK's `Vpc` is no `IVpc`.)
   */
  readonly vpc?: IVpc | Vpc | undefined;
  /** Where tasks run. Default: the VPC's isolated subnets; if it has none, those with a NAT. */
  readonly subnets?: SubnetSelection | undefined;
  /** Where the interface endpoints stand, one subnet per Zone; each Zone costs every endpoint's hourly price again. Default: the first of the task subnets. */
  readonly endpointSubnets?: SubnetSelection | readonly EndpointSubnet[] | undefined;
  /** Security group of the tasks. The egress that tasks need is added to it. Default: one of their own. */
  readonly taskSecurityGroup?: ISecurityGroup | undefined;
  /** Security group of the interface endpoints. Ingress from the VPC is added to it. Default: one of their own. */
  readonly endpointsSecurityGroup?: ISecurityGroup | undefined;
  /**
   * The task image: `{ build: true }`, built from the context in this package at deploy; `{ uri }`, one in ECR; or a `ContainerImage` of an asset or of an
   * ECR repository. An image of your own has the entrypoint of this package's, as its README says.
   */
  readonly image: ContainerImage | HourglassConfigInput['image'];
  /** What may be mirrored, by name: {@link RepositoryProps}. A list of names does too. Default: every repository of the account. */
  readonly repositories?: readonly string[] | Readonly<Record<string, RepositoryProps>> | undefined;
  /** How long a request may wait, if it does not say so itself; at most a day. Default: 10 minutes. */
  readonly maxDelay?: Duration | undefined;
  /** How long before the paid hour's end the teardown starts, 1 to 30 minutes. Default: 7 minutes. */
  readonly teardownLead?: Duration | undefined;
  /** How long one repository or command may take before it is stopped, 1 minute to 12 hours. Default: an hour. */
  readonly taskTimeLimit?: Duration | undefined;
  /** How long a failed task may wait for a lease that is open anyway, a minute to a day. Default: 6 hours. */
  readonly retryWithin?: Duration | undefined;
  /** How long CloudWatch keeps all logs. Default: a month. */
  readonly logRetention?: RetentionDays | undefined;
}

/** One repository that may be mirrored. */
export interface RepositoryProps extends Omit<RepositoryInput, 'maxDelay' | 'schedule'> {
  /** How long its mirror may wait for its start, where that saves an hour: a Duration, or a text such as `15m`. Default: the deployment's. */
  readonly maxDelay?: Duration | string | undefined;
  /** When it is mirrored without being asked for: a ScheduleExpression, or its text such as `rate(6 hours)`. Default: never. */
  readonly schedule?: ScheduleExpression | RepositoryInput['schedule'];
}
