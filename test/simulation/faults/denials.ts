/** A policy of the organisation that denies creations for minutes to half a day: one kind of them, or all. */
import { AwsError, type Cloud, type FaultedCall } from '@hourglass/cloud';
import type { Dice } from './dice.ts';
import { createSpells } from './spells.ts';

/** What is created while the deployment runs, and in which form its service reports a denial. */
const CREATIONS: Readonly<Record<string, readonly [code: string, httpStatus: number]>> = {
  CreateStack: ['AccessDenied', 403],
  CreateVpcEndpoint: ['UnauthorizedOperation', 403],
  RunTask: ['AccessDeniedException', 400],
  CreateSchedule: ['AccessDeniedException', 403],
  CreateRepository: ['AccessDeniedException', 400],
};

/** Service control policies bind the roles of an account, those that CloudFormation takes among them, and no service itself. */
export function createDenials(cloud: Cloud, dice: Dice): (call: FaultedCall) => AwsError | undefined {
  const operations = Object.keys(CREATIONS);
  let denied: readonly string[] = [];
  const isUnderWay = createSpells(dice, 'creation-denied', 12, (random) => {
    denied = random.chance(0.3) ? operations : [random.pick(operations)];
    return 720;
  });
  return ({ service, operation, principal }) => {
    const [code, httpStatus] = CREATIONS[operation] ?? [];
    if (code === undefined || principal.kind !== 'role') return undefined;
    if (!isUnderWay(cloud.clock.nowMs()) || !denied.includes(operation)) return undefined;
    return new AwsError(
      code,
      `User: ${principal.arn} is not authorized to perform: ${service}:${operation} on resource: * with an explicit deny in a service control policy`,
      { ...(httpStatus !== undefined && { httpStatus }) },
    );
  };
}
