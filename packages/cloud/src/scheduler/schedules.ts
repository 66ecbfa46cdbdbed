/**
 * One-time and recurring schedules. Each is a timer; when it fires, the schedule's role is assumed and the target called. What cannot be delivered goes
 * to the schedule's dead-letter queue, sent by the same role.
 * Source: EventBridge Scheduler user guide; API reference, CreateSchedule.
 */

import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { Principal } from '../service.ts';
import { deliverSchedule } from './delivery.ts';
import { readOccurrences } from './expression.ts';
import type { CreateScheduleInput, Schedule } from './schedule.ts';

/** Asked at every firing. */
export type FiringPlan = (fire: { readonly name: string; readonly target: string }) => readonly number[] | undefined;

export class Schedules {
  readonly #core: CloudCore;
  /** How much later than its time a firing comes, in milliseconds, each entry a firing. Undefined for one in time. */
  planRings: FiringPlan | undefined;
  readonly #groups = new Map<string, Map<string, Schedule>>([['default', new Map()]]);

  constructor(core: CloudCore) {
    this.#core = core;
  }

  createGroup(name: string): string {
    this.#groups.set(name, new Map());
    return this.#groupArn(name);
  }

  groups(): string[] {
    return [...this.#groups.keys()];
  }

  hasGroup(name: string): boolean {
    return this.#groups.has(name);
  }

  /** Throws ConflictException, ResourceNotFoundException (group), ValidationException. */
  create(input: CreateScheduleInput): Schedule {
    const group = input.GroupName ?? 'default';
    const schedules = this.#group(group);
    this.#validate(input, group);
    if (schedules.has(input.Name)) {
      throw new AwsError('ConflictException', `Schedule ${input.Name} already exists.`, { httpStatus: 409 });
    }
    const { clock } = this.#core;
    const { firstMs: atMs, nextMs } = readOccurrences(input, clock.nowMs());
    if (!(atMs >= clock.nowMs())) {
      throw new AwsError(
        'ValidationException',
        `${input.ScheduleExpression} is in the past: it would never be invoked.`,
      );
    }
    const schedule: Schedule = {
      input,
      group,
      arn: this.#core.arn('scheduler', `schedule/${group}/${input.Name}`),
      createdMs: clock.nowMs(),
      nextMs,
      atMs,
      timer: undefined,
    };
    schedules.set(input.Name, schedule);
    if (input.State !== 'DISABLED') {
      schedule.timer = clock.schedule(atMs, `schedule ${input.Name}`, () => this.#fire(schedule));
    }
    this.#core.trace({ kind: 'schedule-created', atMs: clock.nowMs(), name: input.Name, group, dueMs: atMs });
    return schedule;
  }

  /** Throws ResourceNotFoundException. */
  find(group: string | undefined, name: string): Schedule {
    const schedule = this.#group(group ?? 'default').get(name);
    if (schedule === undefined) {
      throw new AwsError('ResourceNotFoundException', `Schedule ${name} does not exist.`, { httpStatus: 404 });
    }
    return schedule;
  }

  list(group: string | undefined, prefix: string | undefined): Schedule[] {
    const groups = group === undefined ? [...this.#groups.values()] : [this.#group(group)];
    return groups.flatMap((schedules) =>
      [...schedules.values()].filter((schedule) => schedule.input.Name.startsWith(prefix ?? '')),
    );
  }

  delete(group: string | undefined, name: string): void {
    this.#remove(this.find(group, name));
  }

  #remove(schedule: Schedule): void {
    const schedules = this.#groups.get(schedule.group);
    if (schedules?.get(schedule.input.Name) !== schedule) {
      return;
    }
    schedules.delete(schedule.input.Name);
    if (schedule.timer !== undefined) {
      this.#core.clock.cancel(schedule.timer);
    }
    const { input, group } = schedule;
    this.#core.trace({ kind: 'schedule-deleted', atMs: this.#core.clock.nowMs(), name: input.Name, group });
  }

  #validate(input: CreateScheduleInput, group: string): void {
    if (!/^[0-9a-zA-Z_.-]{1,64}$/.test(input.Name)) {
      throw new AwsError('ValidationException', `Name ${input.Name} must be 1 to 64 characters of [0-9a-zA-Z-_.]`);
    }
    if (input.FlexibleTimeWindow?.Mode !== 'OFF') {
      throw new AwsError(
        'ValidationException',
        'FlexibleTimeWindow must be given; the simulated AWS knows mode OFF only',
      );
    }
    const service = input.Target.Arn.split(':')[2];
    const isBus = service === 'events' && input.Target.EventBridgeParameters !== undefined;
    if (service !== 'lambda' && service !== 'sqs' && !isBus) {
      throw new AwsError(
        'ValidationException',
        `Provided Arn ${input.Target.Arn} is not a target the simulated AWS knows`,
      );
    }
    try {
      this.#assume(input.Target.RoleArn, group);
    } catch {
      throw new AwsError(
        'ValidationException',
        'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
      );
    }
  }

  /** The trust policy sees the schedule's *group* as the source. */
  #assume(roleArn: string, group: string): Principal {
    return this.#core.assumeRole(roleArn, 'scheduler.amazonaws.com', {
      sessionName: 'scheduler',
      sourceArn: this.#groupArn(group),
    });
  }

  async #fire(schedule: Schedule): Promise<void> {
    const { input, group, atMs } = schedule;
    const nextMs = schedule.nextMs(atMs);
    const { clock } = this.#core;
    schedule.timer = undefined;
    if (nextMs !== null) {
      schedule.atMs = nextMs;
      schedule.timer = clock.schedule(schedule.atMs, `schedule ${input.Name}`, () => this.#fire(schedule));
    }
    this.#core.trace({
      kind: 'schedule-fired',
      atMs: clock.nowMs(),
      name: input.Name,
      group,
      target: input.Target.Arn,
    });
    const deliver = () =>
      deliverSchedule(this.#core, { ...schedule, atMs }, () => this.#assume(input.Target.RoleArn, group));
    const delays = this.planRings?.({ name: input.Name, target: input.Target.Arn }) ?? [0];
    for (const delayMs of delays.filter((one) => one > 0)) {
      clock.schedule(clock.nowMs() + delayMs, `schedule ${input.Name}, late`, deliver);
    }
    if (delays.includes(0)) await deliver();
    if (nextMs === null && input.ActionAfterCompletion === 'DELETE') {
      this.#remove(schedule);
    }
  }

  #group(name: string): Map<string, Schedule> {
    const group = this.#groups.get(name);
    if (group === undefined) {
      throw new AwsError('ResourceNotFoundException', `Schedule group ${name} does not exist.`, { httpStatus: 404 });
    }
    return group;
  }

  #groupArn(name: string): string {
    return this.#core.arn('scheduler', `schedule-group/${name}`);
  }
}
