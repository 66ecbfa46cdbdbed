/** From the construct's props to a checked configuration. */
import { type Duration, Names, Stack, Token } from 'aws-cdk-lib';
import type { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { ConfigurationInvalid, type HourglassConfig, parseConfig } from './config.ts';
import { deriveNetwork } from './derive-network.ts';
import type { HourglassProps, RepositoryProps } from './hourglass-props.ts';
import { maxDeploymentNameLength } from './names.ts';

/** Durations, each with the key of a configuration that says the same in seconds. */
const inSeconds = {
  maxDelay: 'maxDelaySeconds',
  teardownLead: 'teardownLeadSeconds',
  taskTimeLimit: 'taskTimeLimitSeconds',
  retryWithin: 'retryWithinSeconds',
} as const;

const furtherProps = ['vpc', 'subnets', 'taskSecurityGroup', 'endpointsSecurityGroup', 'logRetention'];

/** The props, checked, with what can be derived filled in. Throws {@link ConfigurationInvalid}, which names the prop. */
export function deriveConfig(scope: Construct, props: HourglassProps): HourglassConfig {
  const { vpc, subnets, taskSecurityGroup, endpointsSecurityGroup, logRetention, repositories, image, ...given } =
    props;
  const plain: Record<string, unknown> = { ...given };
  const byKey: Record<string, string> = {};
  for (const [prop, key] of Object.entries(inSeconds) as [keyof typeof inSeconds, string][]) {
    delete plain[prop];
    if (props[prop] === undefined) continue;
    plain[key] = single(prop, key, toSeconds(prop, props[prop]), plain[key]);
    byKey[key] = prop;
  }
  if (logRetention !== undefined) {
    plain.logRetentionDays = single('logRetention', 'logRetentionDays', logRetention, plain.logRetentionDays);
    byKey.logRetentionDays = 'logRetention';
  }
  for (const prop of ['taskSecurityGroup', 'endpointsSecurityGroup'] as const) refuseOtherThanGroup(prop, props[prop]);
  if (isContainerImage(image)) refuseForeignImage(image);
  const input = {
    ...plain,
    ...deriveNetwork(scope, props),
    deployment: props.deployment ?? nameByPlace(scope),
    ...(repositories !== undefined && { repositories: writeAsText(repositories) }),
    // What an image of the CDK's is, only the task definition knows.
    ...(image !== undefined && { image: isContainerImage(image) ? { build: true } : nameImage(image) }),
  };
  return parseConfig(input, { byKey, further: [...furtherProps, ...Object.keys(inSeconds)] });
}

/** Whether it is one of the CDK's. */
export function isContainerImage(image: unknown): image is ContainerImage {
  return typeof image === 'object' && image !== null && 'bind' in image && typeof image.bind === 'function';
}

/** An image in ECR as its name, or what an author may have taken for a `ContainerImage`. */
function nameImage(image: unknown): unknown {
  if (typeof image === 'string') {
    throw new ConfigurationInvalid(`image: must be { uri: '${image}' }, if that is an image in ECR`);
  }
  const given = (key: string) => typeof image === 'object' && image !== null && key in image;
  if (given('imageUri'))
    throw new ConfigurationInvalid('image: must be ecs.ContainerImage.fromDockerImageAsset(asset)');
  if (given('repositoryUri')) {
    throw new ConfigurationInvalid("image: must be ecs.ContainerImage.fromEcrRepository(repository, 'tag')");
  }
  return image;
}

/** As plain JavaScript may have it. */
function refuseOtherThanGroup(prop: string, group: unknown): void {
  if (group === undefined || (typeof group === 'object' && group !== null && 'securityGroupId' in group)) return;
  throw new ConfigurationInvalid(
    `${prop}: must be one ec2.ISecurityGroup; an id is given as ec2.SecurityGroup.fromSecurityGroupId(this, 'Group', 'sg-0123456789abcdef0')`,
  );
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

/** A map's Durations and schedules as the texts that a configuration has. */
function writeAsText(repositories: NonNullable<HourglassProps['repositories']>): unknown {
  if (!isPlain(repositories)) return repositories;
  return Object.fromEntries(
    Object.entries(repositories).map(([name, one]) => {
      if (!isPlain(one)) return [name, one];
      const { maxDelay, schedule } = one as RepositoryProps;
      return [
        name,
        {
          ...one,
          ...(typeof maxDelay === 'object' && { maxDelay: `${toSeconds(`repositories.${name}.maxDelay`, maxDelay)}s` }),
          ...(schedule !== undefined && { schedule: writeSchedule(`repositories.${name}.schedule`, schedule) }),
        },
      ];
    }),
  );
}

function writeSchedule(prop: string, schedule: NonNullable<RepositoryProps['schedule']>): unknown {
  if (typeof schedule === 'object' && 'expressionString' in schedule) {
    const { expressionString: expression, timeZone } = schedule;
    return { expression, ...(timeZone && { timeZone: timeZone.timezoneName }) };
  }
  if (typeof schedule === 'string' || isPlain(schedule)) return schedule;
  throw new ConfigurationInvalid(
    `${prop}: must be a scheduler.ScheduleExpression such as ScheduleExpression.rate(Duration.hours(6)), or its text 'rate(6 hours)'`,
  );
}

/** An object as it is written, none of a class. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
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
