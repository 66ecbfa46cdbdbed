/**
 * EventBridge Scheduler: one-time schedules and rates, in groups.
 */

import type { CloudCore, CloudPart } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { Demand } from '../service.ts';
import type { CreateScheduleInput, Schedule } from './schedule.ts';
import { Schedules } from './schedules.ts';

export function createSchedulerPart(core: CloudCore): CloudPart & { readonly schedules: Schedules } {
  const schedules = new Schedules(core);

  const authorize = (operation: string, input: Record<string, unknown>): readonly Demand[] => {
    if (operation === 'ListSchedules' || operation === 'ListScheduleGroups') {
      return [{ action: `scheduler:${operation}`, resources: ['*'] }];
    }
    if (operation === 'GetScheduleGroup') {
      return [
        { action: 'scheduler:GetScheduleGroup', resources: [core.arn('scheduler', `schedule-group/${input.Name}`)] },
      ];
    }
    const resource = core.arn('scheduler', `schedule/${input.GroupName ?? input.groupName ?? 'default'}/${input.Name}`);
    const own = { action: `scheduler:${operation}`, resources: [resource] };
    const target = (input as Partial<CreateScheduleInput>).Target;
    return operation === 'CreateSchedule'
      ? [own, core.passRole(String(target?.RoleArn), 'scheduler.amazonaws.com')]
      : [own];
  };

  return {
    schedules,
    services: [
      {
        id: 'scheduler',
        protocol: 'restJson',
        routes: [
          { method: 'POST', path: '/schedules/{Name}', operation: 'CreateSchedule' },
          { method: 'GET', path: '/schedules/{Name}', operation: 'GetSchedule' },
          { method: 'DELETE', path: '/schedules/{Name}', operation: 'DeleteSchedule' },
          { method: 'GET', path: '/schedules', operation: 'ListSchedules' },
          { method: 'GET', path: '/schedule-groups', operation: 'ListScheduleGroups' },
          { method: 'GET', path: '/schedule-groups/{Name}', operation: 'GetScheduleGroup' },
        ],
        operations: {
          CreateSchedule: (input) => ({ ScheduleArn: schedules.create(input).arn }),
          GetSchedule: (input) => describe(schedules.find(input.groupName, input.Name)),
          DeleteSchedule: (input) => {
            schedules.delete(input.groupName, input.Name);
            return {};
          },
          ListSchedules: (input) => ({
            Schedules: schedules.list(input.ScheduleGroup, input.NamePrefix).map(summarise),
          }),
          ListScheduleGroups: (input) => ({
            ScheduleGroups: schedules
              .groups()
              .filter((name) => name.startsWith(input.NamePrefix ?? ''))
              .map((name) => ({ Name: name, Arn: core.arn('scheduler', `schedule-group/${name}`), State: 'ACTIVE' })),
          }),
          GetScheduleGroup: (input) => {
            if (!schedules.hasGroup(input.Name)) {
              throw new AwsError('ResourceNotFoundException', `Schedule group ${input.Name} does not exist.`, {
                httpStatus: 404,
              });
            }
            return { Name: input.Name, Arn: core.arn('scheduler', `schedule-group/${input.Name}`), State: 'ACTIVE' };
          },
        },
        authorize,
      },
    ],
    resourceTypes: {
      'AWS::Scheduler::Schedule': {
        create(properties, context) {
          const input = { ...properties, Name: properties.Name ?? context.generatedName() } as CreateScheduleInput;
          return { ref: input.Name, attributes: { Arn: schedules.create(input).arn } };
        },
      },
      'AWS::Scheduler::ScheduleGroup': {
        create(properties, context) {
          const name = properties.Name ?? context.generatedName();
          return { ref: name, attributes: { Arn: schedules.createGroup(name), State: 'ACTIVE' } };
        },
      },
    },
  };
}

function describe(schedule: Schedule): object {
  const { input, arn, group, createdMs } = schedule;
  return {
    ...input,
    Arn: arn,
    GroupName: group,
    State: input.State ?? 'ENABLED',
    ActionAfterCompletion: input.ActionAfterCompletion ?? 'NONE',
    CreationDate: new Date(createdMs),
    LastModificationDate: new Date(createdMs),
  };
}

function summarise(schedule: Schedule): object {
  const { input, arn, group, createdMs } = schedule;
  return {
    Arn: arn,
    Name: input.Name,
    GroupName: group,
    State: input.State ?? 'ENABLED',
    CreationDate: new Date(createdMs),
    LastModificationDate: new Date(createdMs),
    Target: { Arn: input.Target.Arn },
  };
}
