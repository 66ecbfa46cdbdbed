import { ECSClient, type RunTaskCommandInput } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import type { RunnerConfig } from './config.ts';
import { createTasks, notStarted } from './tasks.ts';

const config = {
  CLUSTER_ARN: 'arn:aws:ecs:eu-west-1:111111111111:cluster/c',
  TASK_DEFINITION_ARN: 'arn:aws:ecs:eu-west-1:111111111111:task-definition/t:1',
  TASK_SUBNETS: ['subnet-a', 'subnet-b'],
  TASK_SECURITY_GROUP: 'sg-1',
  TAGS: {},
  LEASE_ID: 'main',
} as RunnerConfig;

describe('the subnets of a task', () => {
  it("are ECS's choice at first; after each refusal the next Zone is named alone, then it is ECS's choice again", () => {
    const tasks = createTasks(new ECSClient({ region: 'eu-west-1' }), config);
    const subnets = [0, 1, 2, 3, 4].map(
      (refusals) =>
        (tasks.parametersFor('t', 1, refusals, []) as RunTaskCommandInput).networkConfiguration?.awsvpcConfiguration
          ?.subnets,
    );
    const both = ['subnet-a', 'subnet-b'];
    expect(subnets).toEqual([both, ['subnet-a'], ['subnet-b'], both, ['subnet-a']]);
  });
});

describe('the tags of a task', () => {
  const tasks = createTasks(new ECSClient({ region: 'eu-west-1' }), { ...config, TAGS: { team: 'git' } });
  const tagsOf = (ids: string[]) =>
    Object.fromEntries(
      ((tasks.parametersFor('t', 7, 0, ids) as RunTaskCommandInput).tags ?? []).map(({ key, value }) => [key, value]),
    );

  it('name the request that it runs for, beside its lease, its opening and the own ones', () => {
    expect(tagsOf(['operator:1-2'])).toEqual({
      team: 'git',
      'hourglass:lease': 'main',
      'hourglass:fence': '7',
      'hourglass:request': 'operator:1-2',
    });
  });

  it('name as many of a batch as fit, and none in part', () => {
    const ids = Array.from({ length: 20 }, (_, n) => `${n}`.padStart(36, '0'));
    const value = tagsOf(ids)['hourglass:request'] ?? '';
    expect(value.length).toBeLessThanOrEqual(256);
    expect(value.split(' ')).toEqual(ids.slice(0, 6));
  });
});

describe('a task that was not started', () => {
  it.each([
    'Timeout waiting for network interface provisioning to complete.',
    'Timeout waiting for EphemeralStorage provisioning to complete.',
    'InvalidParameterException: subnet-a has insufficient free addresses',
    'Unexpected EC2 error while attempting to Create Network Interface in subnet subnet-a: InsufficientFreeAddressesInSubnet',
    'The specified subnet does not have enough free addresses to satisfy the request.',
    'Unexpected EC2 error while attempting to tag the network interface: RequestLimitExceeded',
    'NetworkInterfaceLimitExceeded',
    'You’ve reached the limit on the number of vCPUs you can run concurrently',
    'RESOURCE:FARGATE',
  ])('waits, and no attempt is counted: %s', (message) => {
    expect(notStarted(message)).toEqual({ status: 'noCapacity', message });
  });

  it('for another reason is a start failure', () => {
    const denied =
      'AccessDeniedException: User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: ecs:RunTask on resource: arn:aws:ecs:eu-west-1:1:task-definition/t:1 with an explicit deny in a service control policy';
    expect(notStarted(denied)).toMatchObject({ status: 'failed', started: false });
    expect(notStarted('CannotPullContainerError: not found')).toMatchObject({ status: 'failed', started: false });
  });
});
