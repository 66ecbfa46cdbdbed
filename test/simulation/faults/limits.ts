/**
 * What an account shares with all that runs in it: rates of calls, of which others have used up most, and quotas that are reached. And a policy
 * that denies the bucket or its key, as one does that somebody has changed.
 */
import { AwsError, type Cloud, type FaultedCall } from '@hourglass/cloud';
import { SECOND_MS } from '@hourglass/lease';
import type { Dice } from './dice.ts';
import { createSpells } from './spells.ts';

type Refusals = (call: FaultedCall) => AwsError | undefined;

export function createLimits(cloud: Cloud, dice: Dice): Refusals {
  const all = [
    createRates(cloud, dice),
    createQuotas(cloud, dice),
    createStoreDenials(cloud, dice),
    createStackCalls(cloud, dice),
    createSchedulerOutages(cloud, dice),
  ];
  return (call) => {
    for (const refusalOf of all) {
      const refusal = refusalOf(call);
      if (refusal) return refusal;
    }
    return undefined;
  };
}

/** As each service says that calls come too fast. */
const THROTTLED: Readonly<Record<string, () => AwsError>> = {
  ecs: () => new AwsError('ThrottlingException', 'Rate exceeded', { httpStatus: 400 }),
  ec2: () => new AwsError('RequestLimitExceeded', 'Request limit exceeded.', { httpStatus: 503 }),
  cloudformation: () => new AwsError('Throttling', 'Rate exceeded', { httpStatus: 400 }),
  scheduler: () => new AwsError('ThrottlingException', 'Rate exceeded', { httpStatus: 429 }),
  codecommit: () => new AwsError('ThrottlingException', 'Rate exceeded', { httpStatus: 400 }),
  lambda: () => new AwsError('TooManyRequestsException', 'Rate Exceeded.', { httpStatus: 429 }),
  sqs: () => new AwsError('ThrottlingException', 'Request is throttled.', { httpStatus: 400 }),
};

/** RunTask asks EC2 in its caller's name, and says of EC2's throttling what it says of a mistake. https://github.com/dask/dask-cloudprovider/issues/56 */
const runTaskThrottled = () =>
  new AwsError(
    'InvalidParameterException',
    'Error retrieving security group information for [sg-1]: Request limit exceeded. (ErrorCode: RequestLimitExceeded)',
  );

/**
 * Token buckets, one for each operation, as EC2 and ECS have them: of one service or all they hold two calls and are filled by one each few seconds,
 * for minutes to a day, since others in the account take the rest. A burst of ours throttles itself then. Lambda and CloudFormation call again by themselves, so theirs pass.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
function createRates({ clock }: Cloud, dice: Dice): Refusals {
  const [size, services] = [2, Object.keys(THROTTLED)];
  let [limited, refillMs] = [services, SECOND_MS];
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  const isUnderWay = createSpells(dice, 'rate-limited', 24, (random) => {
    limited = random.chance(0.5) ? services : [random.pick(services)];
    refillMs = random.between(1, 20) * SECOND_MS;
    buckets.clear();
    return 1_440;
  });
  return ({ service, operation, invoker }) => {
    const nowMs = clock.nowMs();
    if (!isUnderWay(nowMs) || !limited.includes(service) || invoker === undefined) return undefined;
    const { tokens, atMs } = buckets.get(operation) ?? { tokens: size, atMs: nowMs };
    const filled = Math.min(size, tokens + (nowMs - atMs) / refillMs);
    buckets.set(operation, { tokens: filled >= 1 ? filled - 1 : filled, atMs: nowMs });
    if (filled >= 1) return undefined;
    return operation === 'RunTask' && dice.of('rate-limited').chance(0.5) ? runTaskThrottled() : THROTTLED[service]?.();
  };
}

/** As each service says that there are as many as there may be. What Fargate says of vCPUs is among its words for no capacity. */
const QUOTAS: Readonly<Record<string, () => AwsError>> = {
  CreateStack: () => new AwsError('LimitExceededException', 'Limit for stack has been exceeded', { httpStatus: 400 }),
  CreateVpcEndpoint: () =>
    new AwsError('VpcEndpointLimitExceeded', 'The maximum number of VPC endpoints has been reached.'),
  CreateSchedule: () =>
    new AwsError('ServiceQuotaExceededException', 'The quota of schedules is reached.', { httpStatus: 402 }),
};

function createQuotas({ clock }: Cloud, dice: Dice): Refusals {
  let reached = '';
  const isUnderWay = createSpells(dice, 'quota-reached', 24, (random) => {
    reached = random.pick(Object.keys(QUOTAS));
    return 720;
  });
  return ({ operation, principal }) =>
    isUnderWay(clock.nowMs()) && operation === reached && principal.kind === 'role' ? QUOTAS[operation]?.() : undefined;
}

/** A policy of the organisation denies the bucket, or the key's own policy does. */
function createStoreDenials({ clock }: Cloud, dice: Dice): Refusals {
  let [denied, why] = ['', ''];
  const isUnderWay = createSpells(dice, 'store-denied', 24, (random) => {
    denied = random.pick(['GetObject', 'PutObject']);
    const ofKey = denied === 'GetObject' ? 'kms:Decrypt' : 'kms:GenerateDataKey';
    why = random.pick([
      `s3:${denied} on resource: * with an explicit deny in a resource control policy`,
      `${ofKey} on the resource associated with this ciphertext because no resource-based policy allows the ${ofKey} action`,
    ]);
    return 720;
  });
  return ({ service, operation, principal, invoker }) =>
    isUnderWay(clock.nowMs()) && service === 's3' && operation === denied && invoker !== undefined
      ? new AwsError('AccessDenied', `User: ${principal.arn} is not authorized to perform: ${why}`, { httpStatus: 403 })
      : undefined;
}

/** CloudFormation calls with the role that it was given, and tries a while by itself before its resource fails. Our own calls go on. */
function createStackCalls({ clock }: Cloud, dice: Dice): Refusals {
  let failing: readonly string[] = [];
  let isDenied = false;
  const isUnderWay = createSpells(dice, 'stack-calls-fail', 24, (random) => {
    failing = random.pick([['CreateVpcEndpoint'], ['DeleteVpcEndpoints'], ['CreateVpcEndpoint', 'DeleteVpcEndpoints']]);
    isDenied = random.chance(0.5);
    return 720;
  });
  return ({ operation, principal, invoker }) => {
    if (!isUnderWay(clock.nowMs()) || invoker !== undefined || principal.kind !== 'role') return undefined;
    if (!failing.includes(operation)) return undefined;
    if (!isDenied) return THROTTLED.ec2?.();
    return new AwsError(
      'UnauthorizedOperation',
      `You are not authorized to perform this operation. User: ${principal.arn} is not authorized to perform: ec2:${operation} with an explicit deny in a service control policy`,
      { httpStatus: 403 },
    );
  };
}

/** The Scheduler makes and deletes nothing: what it has fires on. */
function createSchedulerOutages({ clock }: Cloud, dice: Dice): Refusals {
  let isThrottled = false;
  const isUnderWay = createSpells(dice, 'scheduler-outage', 24, (random) => {
    isThrottled = random.chance(0.5);
    return 720;
  });
  return ({ service, invoker }) => {
    if (service !== 'scheduler' || invoker === undefined || !isUnderWay(clock.nowMs())) return undefined;
    if (isThrottled) return THROTTLED.scheduler?.();
    return new AwsError('InternalServerException', 'Unexpected error encountered.', { httpStatus: 500 });
  };
}
