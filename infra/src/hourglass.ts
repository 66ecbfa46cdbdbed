/**
 * Hourglass as a construct, for any stack of anybody's app: bus and rules, the lease's table, queues, the functions, the
 * schedule group, the cluster and task definition, security groups, gateway endpoints, the webhook's API, alarms, and the
 * roles. All of it is free to keep. What costs by the hour is in the endpoints stack, which the provisioner creates and the
 * teardown deletes.
 */
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type Assets, withAssets } from './assets.ts';
import { type HourglassConfig, type HourglassConfigInput, parseConfig } from './config.ts';
import { createDeployment } from './deployment.ts';
import { chooseEndpointServices } from './endpoint-services.ts';

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
  /** Where a webhook posts requests; undefined without a key for it. */
  readonly webhookUrl: string | undefined;
  /** Lets its holder send requests by PutEvents. */
  readonly clientPolicy: ManagedPolicy;
  /** What is told when this is deployed: name to value and description. */
  readonly outputs: Readonly<Record<string, readonly [value: string, description: string]>>;

  constructor(scope: Construct, id: string, { assets, ...props }: HourglassProps) {
    super(scope, id);
    this.config = parseConfig(props);
    this.endpointServices = chooseEndpointServices(this.config);
    const create = (ready: Assets) => createDeployment(this, this.config, ready);
    const made = assets === undefined ? withAssets(this.config, create) : create(assets);
    [this.bus, this.webhookUrl, this.clientPolicy, this.outputs] = [
      made.bus,
      made.api?.url,
      made.clientPolicy,
      made.outputs,
    ];
  }
}
