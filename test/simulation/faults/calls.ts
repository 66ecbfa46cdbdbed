/** What befalls the calls of the functions. */
import { AwsError, type CallFault, type Cloud, type FaultedCall } from '@hourglass/cloud';
import { MINUTE_MS, SECOND_MS } from '@hourglass/lease';
import { createDenials } from './denials.ts';
import type { Dice } from './dice.ts';
import { createDirectRefusals } from './direct.ts';
import { createLimits } from './limits.ts';

const SIX_HOURS_MS = 360 * MINUTE_MS;
/** Together with the answer's way shorter than a function's timeout most of the time, and never longer than the lease's patience. */
const SLOWEST_MS = 15 * SECOND_MS;

const throttled = () => new AwsError('ThrottlingException', 'Rate exceeded', { httpStatus: 400 });
const failed = () => new AwsError('InternalFailure', 'The request processing has failed.', { httpStatus: 500 });

/**
 * Faults of one call; the more harmful ones first, one of each kind at most.
 * @param hasten makes the next task a very short one
 */
export function planCalls(cloud: Cloud, dice: Dice, hasten: () => void): (call: FaultedCall) => CallFault | undefined {
  const refusalOf = createOutages(cloud, dice);
  const protectionOf = createProtection(cloud, dice);
  const denialOf = createDenials(cloud, dice);
  const limitOf = createLimits(cloud, dice);
  const refusalOfDirect = createDirectRefusals(cloud, dice);
  return (call) => {
    const denied = denialOf(call) ?? limitOf(call);
    if (denied) return { refuse: denied };
    if (call.invoker === undefined) return undefined;
    const fault: { -readonly [Name in keyof CallFault]: CallFault[Name] } = {};
    if (dice.happens('api-slow')) {
      const random = dice.of('api-slow');
      const slow = random.aroundMedian(300, 1.5);
      if (random.chance(0.5)) fault.delayMs = Math.min(SLOWEST_MS, slow);
      else fault.answerDelayMs = Math.min(SLOWEST_MS, slow);
    }
    if (dice.happens('handler-dies-before-call')) return { ...fault, die: 'before' };
    if (dice.happens('handler-dies-after-call')) return { ...fault, die: 'after' };
    const refuse = refusalOf(call.service);
    if (refuse) return { ...fault, refuse };
    if (dice.happens('api-throttled')) return { ...fault, refuse: throttled() };
    if (dice.happens('api-error')) return { ...fault, refuse: failed() };
    if (dice.happens('api-answer-lost')) return { ...fault, loseAnswer: failed() };
    const isProtected = call.operation === 'DeleteStack' ? protectionOf(String(call.input.StackName)) : undefined;
    if (isProtected) return { ...fault, refuse: isProtected };
    const own = refusalOfDirect(call) ?? planOperation(cloud, dice, hasten, call);
    return own ? { ...fault, ...own } : fault;
  };
}

/** Faults that only one operation has. */
function planOperation(
  cloud: Cloud,
  dice: Dice,
  hasten: () => void,
  { operation, input }: FaultedCall,
): CallFault | undefined {
  switch (operation) {
    case 'TransactWriteItems':
      if (dice.happens('write-throttled')) return { refuse: cancelled(input, 'ThrottlingError') };
      return dice.happens('write-conflict') ? { refuse: cancelled(input, 'TransactionConflict') } : undefined;
    case 'PutEvents':
      return dice.happens('put-events-partial') ? { instead: putSome(dice, input) } : undefined;
    case 'CreateStack':
      return dice.happens('create-refused')
        ? { refuse: new AwsError('LimitExceededException', 'No more stacks.') }
        : undefined;
    case 'CreateRepository':
      return dice.happens('destination-refused') ? { refuse: destinationRefused() } : undefined;
    case 'StartMessageMoveTask':
      return dice.happens('move-runs') ? { refuse: moveRuns() } : undefined;
    case 'RunTask':
      return planRunTask(cloud, dice, hasten);
    default:
      return undefined;
  }
}

function planRunTask({ parts: { ecs } }: Cloud, dice: Dice, hasten: () => void): CallFault | undefined {
  ecs.timings.startMs = 20 * SECOND_MS;
  if (dice.happens('no-capacity')) {
    ecs.failNextRun();
    return undefined;
  }
  if (dice.happens('image-pull-failed')) {
    ecs.failNextStart('CannotPullContainerError: failed to resolve ref: dial tcp: i/o timeout');
    return undefined;
  }
  if (dice.happens('stopped-early')) {
    // The task has come and gone before its caller knows of it.
    ecs.timings.startMs = SECOND_MS;
    hasten();
    return { answerDelayMs: SLOWEST_MS };
  }
  return undefined;
}

function cancelled({ TransactItems }: Readonly<Record<string, unknown>>, reason: string): AwsError {
  const CancellationReasons = (TransactItems as unknown[]).map((_, index) => ({ Code: index === 0 ? reason : 'None' }));
  return new AwsError('TransactionCanceledException', `Transaction cancelled [${reason}]`, {
    members: { CancellationReasons },
  });
}

/** As where the account has its last repository, or an organisation allows none. */
function destinationRefused(): AwsError {
  return new AwsError('RepositoryLimitExceededException', 'The account has as many repositories as it may have.');
}

/** Somebody has begun to move the messages by hand. */
function moveRuns(): AwsError {
  return new AwsError(
    'UnsupportedOperation',
    'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    { queryCode: 'AWS.SimpleQueueService.UnsupportedOperation' },
  );
}

/** Some entries are refused, the others are put. */
function putSome(dice: Dice, { Entries }: Readonly<Record<string, unknown>>): NonNullable<CallFault['instead']> {
  const refused = (Entries as unknown[]).map(() => dice.of('put-events-partial').chance(0.5));
  return async (run) => {
    const kept = (Entries as unknown[]).filter((_, index) => !refused[index]);
    const answer = (kept.length > 0 ? await run({ Entries: kept }) : { Entries: [] }) as { Entries: object[] };
    const answers = [...answer.Entries];
    const all = refused.map((isRefused) =>
      isRefused ? { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' } : answers.shift(),
    );
    return { FailedEntryCount: refused.filter(Boolean).length, Entries: all };
  };
}

/** A stack that somebody protects, for hours to a day and a half: every deletion of it is refused until then. */
function createProtection(cloud: Cloud, dice: Dice): (stackId: string) => AwsError | undefined {
  const untilMs = new Map<string, number>();
  return (stackId) => {
    const nowMs = cloud.clock.nowMs();
    if (!untilMs.has(stackId)) {
      untilMs.set(
        stackId,
        dice.happens('delete-refused') ? nowMs + dice.of('delete-refused').between(60, 2_160) * MINUTE_MS : 0,
      );
    }
    if (nowMs >= (untilMs.get(stackId) ?? 0)) return undefined;
    return new AwsError(
      'ValidationError',
      `Stack [${stackId}] cannot be deleted while TerminationProtection is enabled`,
    );
  };
}

/** An API that is away, or throttles every call, does so for all functions, for minutes to an hour. */
function createOutages(cloud: Cloud, dice: Dice): (service: string) => AwsError | undefined {
  const services = ['dynamodb', 'scheduler', 'events', 'cloudformation', 'ecs', 'ec2', 'sqs', 'codecommit'];
  let away = '';
  let refuse = failed;
  let fromMs = 0;
  let untilMs = 0;
  let nextLookMs = 0;
  return (service) => {
    const nowMs = cloud.clock.nowMs();
    while (nextLookMs <= nowMs) {
      nextLookMs = Math.max(nextLookMs + SIX_HOURS_MS, nowMs);
      if (!dice.happens('api-outage')) continue;
      const random = dice.of('api-outage');
      away = random.pick(services);
      refuse = random.chance(0.5) ? failed : throttled;
      fromMs = nowMs + random.between(0, 60) * MINUTE_MS;
      untilMs = fromMs + random.between(2, 60) * MINUTE_MS;
    }
    return service === away && nowMs >= fromMs && nowMs < untilMs ? refuse() : undefined;
  };
}
