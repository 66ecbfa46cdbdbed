/** A policy of the organisation that denies creations for minutes to half a day: one kind of them, or all. */
import { AwsError, type Cloud, type FaultedCall } from '@hourglass/cloud';
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import type { Dice } from './dice.ts';

/** What is created while the deployment runs, and as what its service tells of a denial. */
const CREATIONS: Readonly<Record<string, readonly [code: string, httpStatus: number]>> = {
  CreateStack: ['AccessDenied', 403],
  CreateVpcEndpoint: ['UnauthorizedOperation', 403],
  RunTask: ['AccessDeniedException', 400],
  CreateSchedule: ['AccessDeniedException', 403],
  CreateRepository: ['AccessDeniedException', 400],
};

/** Who may make no schedule cannot go on: what is open stays open, and is paid for, until it may. */
const LONGEST_MINUTES = { CreateSchedule: 360 } as Readonly<Record<string, number>>;

/** Service control policies bind the roles of an account, those that CloudFormation takes among them, and no service itself. */
export function createDenials(cloud: Cloud, dice: Dice): (call: FaultedCall) => AwsError | undefined {
  const operations = Object.keys(CREATIONS);
  let [fromMs, untilMs, nextLookMs] = [0, 0, 0];
  let denied: readonly string[] = [];
  return ({ service, operation, principal }) => {
    const [code, httpStatus] = CREATIONS[operation] ?? [];
    if (code === undefined || principal.kind !== 'role') return undefined;
    const nowMs = cloud.clock.nowMs();
    while (nextLookMs <= nowMs) {
      const lookMs = Math.max(nextLookMs, nowMs - 12 * HOUR_MS);
      nextLookMs = lookMs + 6 * HOUR_MS;
      if (!dice.happens('creation-denied')) continue;
      const random = dice.of('creation-denied');
      denied = random.chance(0.3) ? operations : [random.pick(operations)];
      fromMs = lookMs + random.between(0, 360) * MINUTE_MS;
      const longest = Math.min(...denied.map((one) => LONGEST_MINUTES[one] ?? 720));
      untilMs = fromMs + (random.chance(0.5) ? random.between(5, 60) : random.between(60, longest)) * MINUTE_MS;
    }
    if (nowMs < fromMs || nowMs >= untilMs || !denied.includes(operation)) return undefined;
    return new AwsError(
      code,
      `User: ${principal.arn} is not authorized to perform: ${service}:${operation} on resource: * with an explicit deny in a service control policy`,
      { ...(httpStatus !== undefined && { httpStatus }) },
    );
  };
}
