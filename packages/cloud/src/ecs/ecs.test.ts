import {
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, it } from 'vitest';
import type { CloudOptions } from '../parts.ts';
import type { PolicyStatement } from '../service.ts';
import { createWorld, role, type World } from '../testing/world.ts';

const endpoint = (service: string) => ({
  Type: 'AWS::EC2::VPCEndpoint',
  Properties: {
    VpcEndpointType: 'Interface',
    ServiceName: `com.amazonaws.ap-northeast-1.${service}`,
    VpcId: 'vpc-1',
    SubnetIds: ['subnet-a'],
    PrivateDnsEnabled: true,
  },
});
const runnerRights: PolicyStatement[] = [
  {
    Effect: 'Allow',
    Action: 'ecs:RunTask',
    Resource: 'arn:aws:ecs:ap-northeast-1:123456789012:task-definition/work:*',
    Condition: { ArnEquals: { 'ecs:cluster': 'arn:aws:ecs:ap-northeast-1:123456789012:cluster/main' } },
  },
];
const resources = {
  Logs: endpoint('logs'),
  EcrApi: endpoint('ecr.api'),
  EcrDkr: endpoint('ecr.dkr'),
  Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'tasks', VpcId: 'vpc-1' } },
  TaskRole: role('ecs-tasks.amazonaws.com'),
  RunnerRole: role('lambda.amazonaws.com', ...runnerRights),
  Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'main' } },
  Definition: {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: {
      Family: 'work',
      TaskRoleArn: { 'Fn::GetAtt': ['TaskRole', 'Arn'] },
      ContainerDefinitions: [
        {
          Name: 'task',
          Image: '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/image:tag',
          Environment: [{ Name: 'TABLE_NAME', Value: 'table' }],
          StopTimeout: 1,
          LogConfiguration: {
            LogDriver: 'awslogs',
            Options: { 'awslogs-group': '/tasks', 'awslogs-stream-prefix': 'task' },
          },
        },
      ],
    },
  },
};

describe('ECS', () => {
  let world: World;
  let client: ECSClient;
  afterEach(() => world.close());

  const open = async (options: CloudOptions, wanted: Parameters<typeof createWorld>[0] = resources) => {
    world = await createWorld(wanted, {}, options);
    client = new ECSClient(world.clientOptions());
    await world.cloud.driver.advanceBy(30_000);
    world.traces.length = 0;
  };
  const program = (source: string): CloudOptions => ({ taskCommand: [process.execPath, '-e', source] });
  const virtual = (durationMs = 60_000, exitCode = 0): CloudOptions => ({
    tasks: { taskRunner: () => ({ durationMs, exitCode }) },
  });
  const request = (more: Partial<RunTaskCommandInput> = {}) =>
    new RunTaskCommand({
      cluster: 'main',
      taskDefinition: 'work',
      clientToken: 'token-1',
      startedBy: 'token-1',
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-t'], securityGroups: [world.stack.resources.get('Group')?.ref ?? ''] },
      },
      overrides: { containerOverrides: [{ name: 'task', environment: [{ name: 'WORK_ID', value: 'token-1' }] }] },
      ...more,
    });
  const run = async (more: Partial<RunTaskCommandInput> = {}) =>
    (await client.send(request(more))).tasks?.[0]?.taskArn ?? '';
  const look = async (arn: string) => client.send(new DescribeTasksCommand({ cluster: 'main', tasks: [arn] }));
  const changes = () =>
    world
      .tracesOf('event')
      .filter(({ detailType }) => detailType === 'ECS Task State Change')
      .map(({ detail }) => detail as Record<string, unknown>);
  const lines = () => world.tracesOf('log').map(({ message }) => message);

  it('runs the container as a local process with its variables, the role’s keys and its log group', async () => {
    await open(
      program(`console.log(JSON.stringify([process.env.WORK_ID, process.env.TABLE_NAME, process.env.AWS_REGION]));
        console.log(/^http:..127.0.0.1:/.test(process.env.AWS_ENDPOINT_URL), process.env.AWS_ACCESS_KEY_ID);
        console.log(process.env.HOME === process.cwd());`),
    );
    const arn = await run();
    await world.cloud.driver.runUntilIdle();
    const keys = world.cloud.credentialsFor(
      String(world.stack.resources.get('TaskRole')?.attributes.Arn),
      arn.replace(/^.*\//, ''),
    );
    expect(lines()).toEqual(['["token-1","table","ap-northeast-1"]', `true ${keys.accessKeyId}`, 'true']);
    expect(world.tracesOf('log')[0]).toMatchObject({
      logGroup: '/tasks',
      stream: `task/task/${arn.split('/').at(-1)}`,
    });
    expect((await look(arn)).tasks?.[0]).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      containers: [{ name: 'task', exitCode: 0 }],
    });
  });

  it('publishes every state as an event in the shape of AWS, each with a version of its own', async () => {
    await open(virtual(60_000, 1));
    const arn = await run();
    await world.cloud.driver.runUntilIdle();
    expect(changes().map(({ lastStatus, version }) => [lastStatus, version])).toEqual([
      ['PROVISIONING', 1],
      ['PENDING', 2],
      ['RUNNING', 3],
      ['DEPROVISIONING', 4],
      ['STOPPED', 5],
    ]);
    expect(changes().at(-1)).toMatchObject({
      taskArn: arn,
      clusterArn: 'arn:aws:ecs:ap-northeast-1:123456789012:cluster/main',
      desiredStatus: 'STOPPED',
      startedBy: 'token-1',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'task', exitCode: 1, lastStatus: 'STOPPED' }],
      overrides: { containerOverrides: [{ name: 'task' }] },
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      stoppedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it('gives 137 for a process that was killed from outside', async () => {
    await open(program('setInterval(() => {}, 1000)'));
    const arn = await run();
    world.cloud.onTrace((trace) => {
      if (trace.kind === 'task' && trace.pid !== undefined) process.kill(trace.pid, 'SIGKILL');
    });
    await world.cloud.driver.runUntilIdle();
    expect((await look(arn)).tasks?.[0]).toMatchObject({
      stopCode: 'EssentialContainerExited',
      containers: [{ exitCode: 137 }],
    });
  });

  it('stops a process by SIGTERM, and by SIGKILL when its stop timeout is over', async () => {
    await open(
      program('process.on("SIGTERM", () => console.log("term")); console.log("up"); setInterval(() => {}, 1000)'),
    );
    const arn = await run();
    world.cloud.onTrace((trace) => {
      if (trace.kind !== 'log' || trace.message !== 'up') return;
      void client.send(new StopTaskCommand({ cluster: 'main', task: arn, reason: 'too long' }));
    });
    await world.cloud.driver.runUntilIdle();
    expect(lines()).toEqual(['up', 'term']);
    expect((await look(arn)).tasks?.[0]).toMatchObject({
      stopCode: 'UserInitiated',
      stoppedReason: 'too long',
      containers: [{ exitCode: 137 }],
    });
  });

  it('ends every process when the world is closed', async () => {
    await open(program('setInterval(() => {}, 1000)'));
    await run();
    const driving = world.cloud.driver.drive({ speed: 'jump' });
    const pid = await new Promise<number>((resolve) => {
      world.cloud.onTrace((trace) => {
        if (trace.kind === 'task' && trace.pid !== undefined) resolve(trace.pid);
      });
    });
    await world.cloud.close();
    await driving.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it.each(['Logs', 'EcrApi', 'EcrDkr'])('does not start a task without the endpoint %s', async (missing) => {
    await open(virtual(), Object.fromEntries(Object.entries(resources).filter(([name]) => name !== missing)));
    const arn = await run();
    await world.cloud.driver.runUntilIdle();
    const [task] = (await look(arn)).tasks ?? [];
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
    expect(task?.stoppedReason).toMatch(
      missing === 'EcrDkr' ? /^CannotPullContainerError/ : /^ResourceInitializationError/,
    );
    expect(task?.startedAt).toBeUndefined();
  });

  it('answers a repeated client token with the same task, and refuses other parameters under it', async () => {
    await open(virtual());
    const arn = await run();
    expect(await run()).toBe(arn);
    const conflict = await client.send(request({ startedBy: 'other' })).catch((error: unknown) => error);
    expect(conflict).toMatchObject({ name: 'ConflictException', resourceIds: [arn] });
    expect(world.cloud.parts.ecs.tasks()).toHaveLength(1);
  });

  it('forgets a stopped task an hour later', async () => {
    await open(virtual());
    const arn = await run();
    const list = async (desiredStatus: 'RUNNING' | 'STOPPED') =>
      (await client.send(new ListTasksCommand({ cluster: 'main', desiredStatus }))).taskArns;
    expect(await list('RUNNING')).toEqual([arn]);
    await world.cloud.driver.runUntilIdle();
    expect(await list('STOPPED')).toEqual([arn]);
    await world.cloud.driver.advanceBy(60 * 60_000);
    expect(await look(arn)).toMatchObject({ tasks: [], failures: [{ arn, reason: 'MISSING' }] });
  });

  it('takes no other filter beside startedBy, by which only tasks that are to run are found', async () => {
    await open(virtual());
    const arn = await run();
    const by = { cluster: 'main', startedBy: 'token-1' };
    expect((await client.send(new ListTasksCommand(by))).taskArns).toEqual([arn]);
    const both = client.send(new ListTasksCommand({ ...by, desiredStatus: 'STOPPED' }));
    await expect(both).rejects.toThrow('startedBy must be the only filter');
    await world.cloud.driver.runUntilIdle();
    expect((await client.send(new ListTasksCommand(by))).taskArns).toEqual([]);
  });

  it('lists its containers in any order, with those that AWS has added, and may stay DEPROVISIONING', async () => {
    await open(virtual());
    const { fates } = world.cloud.parts.ecs;
    fates.sidecars = () => [{ name: 'aws-guardduty-agent', exitCode: 0 }];
    fates.arrange = (containers) => containers.toReversed();
    fates.stopMs = () => 24 * 3_600_000;
    const arn = await run();
    await world.cloud.driver.advanceBy(3_600_000);
    const { tasks: [task] = [] } = await look(arn);
    expect(task?.lastStatus).toBe('DEPROVISIONING');
    expect(task?.executionStoppedAt).toBeInstanceOf(Date);
    expect(task?.containers?.map(({ name }) => name)).toEqual(['aws-guardduty-agent', 'task']);
    expect(task?.containers?.every(({ lastStatus }) => lastStatus === 'STOPPED')).toBe(true);
  });

  it('reports a lack of capacity as a failure, not as an error', async () => {
    await open(virtual());
    world.cloud.parts.ecs.failNextRun();
    expect(await client.send(request())).toMatchObject({
      tasks: [],
      failures: [{ reason: expect.stringContaining('Capacity is unavailable') }],
    });
    expect(await run()).not.toBe('');
  });

  it('answers a token that it knows with its task, whatever capacity there is now', async () => {
    await open(virtual());
    const arn = await run();
    world.cloud.parts.ecs.failNextRun();
    expect(await run()).toBe(arn);
    expect(await client.send(request({ clientToken: 'another' }))).toMatchObject({ tasks: [] });
  });

  it('refuses overrides beyond 8,192 characters and a startedBy beyond 128', async () => {
    await open(virtual());
    const environment = [{ name: 'BIG', value: 'x'.repeat(8_192) }];
    await expect(run({ overrides: { containerOverrides: [{ name: 'task', environment }] } })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(run({ startedBy: 'x'.repeat(129) })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('asks the caller for iam:PassRole, for the cluster of its condition, and for ecs:TagResource', async () => {
    await open(virtual());
    const taskRoleArn = String(world.stack.resources.get('TaskRole')?.attributes.Arn);
    const as = (name: string, ...Statement: PolicyStatement[]) => {
      const credentials = world.cloud.createUser(name, [{ Statement }]);
      client = new ECSClient({ ...world.clientOptions(), credentials });
    };
    const pass: PolicyStatement = { Effect: 'Allow', Action: 'iam:PassRole', Resource: taskRoleArn };
    as('no-pass', ...runnerRights);
    await expect(run()).rejects.toThrow('iam:PassRole');
    as('no-tag', ...runnerRights, pass);
    await expect(run({ tags: [{ key: 'hourglass:lease', value: 'main' }] })).rejects.toThrow('ecs:TagResource');
    await expect(run({ cluster: 'other' })).rejects.toThrow('ecs:RunTask');
    expect(await run()).not.toBe('');
  });

  it('runs a virtual task’s effect at its end', async () => {
    const seen: unknown[] = [];
    await open({
      tasks: {
        taskRunner: ({ environment }) => ({
          durationMs: 90_000,
          exitCode: 0,
          effect: () => void seen.push([environment.WORK_ID, world.cloud.clock.nowMs()]),
        }),
      },
    });
    const startMs = world.cloud.clock.nowMs();
    await run();
    await world.cloud.driver.runUntilIdle();
    expect(seen).toEqual([['token-1', startMs + 110_000]]);
  });
});
