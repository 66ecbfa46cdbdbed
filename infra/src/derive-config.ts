/** From the construct's props to a checked configuration. */
import { type Duration, Names, Stack, Token } from 'aws-cdk-lib';
import type { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { ConfigurationInvalid, type HourglassConfig, parseConfig } from './config.ts';
import { deriveNetwork } from './derive-network.ts';
import type { HourglassProps } from './hourglass-props.ts';
import { maxDeploymentNameLength } from './names.ts';

/** Durations, each with the key of a configuration that says the same in seconds. */
const inSeconds = {
  maxDelay: 'maxDelaySeconds',
  teardownLead: 'teardownLeadSeconds',
  taskTimeLimit: 'taskTimeLimitSeconds',
  retryWithin: 'retryWithinSeconds',
} as const;

/** The props, checked, with what can be derived filled in. Throws {@link ConfigurationInvalid}, which names the prop. */
export function deriveConfig(scope: Construct, props: HourglassProps): HourglassConfig {
  const { vpc, subnets, taskSecurityGroup, endpointsSecurityGroup, logRetention, repositories, image, ...given } =
    props;
  const plain: Record<string, unknown> = { ...given };
  for (const [prop, key] of Object.entries(inSeconds) as [keyof typeof inSeconds, string][]) {
    delete plain[prop];
    if (props[prop] !== undefined) plain[key] = single(prop, key, toSeconds(prop, props[prop]), plain[key]);
  }
  if (logRetention !== undefined) {
    plain.logRetentionDays = single('logRetention', 'logRetentionDays', logRetention, plain.logRetentionDays);
  }
  if (isContainerImage(image)) refuseForeignImage(image);
  return parseConfig({
    ...plain,
    ...deriveNetwork(scope, props),
    deployment: props.deployment ?? nameByPlace(scope),
    ...(repositories !== undefined && { repositories: writeDelays(repositories) }),
    // What an image of the CDK's is, only the task definition knows.
    ...(image !== undefined && { image: isContainerImage(image) ? { build: true } : image }),
  });
}

/** Whether it is one of the CDK's. */
export function isContainerImage(image: unknown): image is ContainerImage {
  return typeof image === 'object' && image !== null && 'bind' in image && typeof image.bind === 'function';
}

/** `ContainerImage.fromRegistry` gives one that only a subnet with a way out could pull. */
function refuseForeignImage(image: ContainerImage): void {
  const { imageName } = image as ContainerImage & { imageName?: unknown };
  if (typeof imageName !== 'string' || Token.isUnresolved(imageName) || imageName.includes('.dkr.ecr.')) return;
  throw new ConfigurationInvalid(
    `image: must be one in ECR (ContainerImage.fromEcrRepository or fromAsset), since a sealed subnet reaches no other registry: ${imageName}`,
  );
}

function single(prop: string, key: string, value: number, other: unknown): number {
  if (other === undefined) return value;
  throw new ConfigurationInvalid(`${key}: must be left out, since ${prop} says the same`);
}

function toSeconds(prop: string, duration: Duration | number): number {
  if (typeof duration === 'object' && typeof duration.toMilliseconds === 'function' && !duration.isUnresolved()) {
    return duration.toMilliseconds() / 1_000;
  }
  throw new ConfigurationInvalid(`${prop}: must be a Duration such as Duration.minutes(10)`);
}

/** A map's Durations as the texts that a configuration has. */
function writeDelays(repositories: NonNullable<HourglassProps['repositories']>): unknown {
  if (Array.isArray(repositories) || typeof repositories !== 'object') return repositories;
  return Object.fromEntries(
    Object.entries(repositories).map(([name, one]) =>
      typeof one?.maxDelay === 'object'
        ? [name, { ...one, maxDelay: `${toSeconds(`repositories.${name}.maxDelay`, one.maxDelay)}s` }]
        : [name, one],
    ),
  );
}

/** Such as `mystack-mirrors`: unique in the app, and the same at each synthesis. */
function nameByPlace(scope: Construct): string {
  const name = Names.uniqueResourceName(scope, { maxLength: maxDeploymentNameLength - 1, separator: '-' })
    .toLowerCase()
    .replace(/^[^a-z]+/, '')
    .replaceAll(/[^a-z0-9-]/g, '')
    .replace(/-+$/, '');
  return name === '' ? `h${Stack.of(scope).node.addr.slice(-8)}` : name;
}
