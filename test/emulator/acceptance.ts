/** From an empty emulator to a replayed failure: what a user sees of a deployment, and what an operator does there, from outside. */
import { DescribeVpcEndpointsCommand } from '@aws-sdk/client-ec2';
import { DescribeTasksCommand } from '@aws-sdk/client-ecs';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetScheduleCommand, ListSchedulesCommand } from '@aws-sdk/client-scheduler';
import { createDynamoDbStore, readWork } from '@hourglass/lease-dynamodb';
import type { Clients } from './clients.ts';
import { type Deployed, deleteStack, deploy, statusOf, type Target } from './deploy.ts';
import type { Command } from './hourglass-command.ts';
import { injectServiceEvent } from './inject.ts';
import { createOperator } from './operator.ts';
import { countMessages, peekMessage } from './queues.ts';
import { checkConsole, checkDashboard, checkMetrics } from './seeing.ts';
import { type Steps, waitFor } from './steps.ts';
import { post } from './webhook.ts';

export interface Acceptance extends Target {
  clients: Clients;
  steps: Steps;
  command: Command;
  deployment: string;
  apiKey: string;
  /** A host on the allow-list. */
  sourceHost: string;
}

/** Lambda's first start, the queue's polling, and on a busy machine the second delivery of an event, a minute after one that failed. */
const SOON_S = 90;
/** Timers are set three minutes ahead, and a scheduler may take a minute more. */
const TIMER_S = 280;

export async function runAcceptance(run: Acceptance): Promise<void> {
  const { clients, steps, deployment, stackName, sourceHost } = run;
  let deployed: Deployed | undefined;
  const isDeployed = await steps.check('the control plane deploys', async () => {
    deployed = await deploy(clients, steps, run);
    return `CREATE_COMPLETE, ${deployed.resources} resources`;
  });
  if (!isDeployed || deployed === undefined) return;
  const { account, outputs } = deployed;
  const endpointsStack = `${stackName}-endpoints`;
  const { TableName: table = '', BusName: bus = '', WebhookUrl: webhookUrl = '' } = outputs;
  const store = createDynamoDbStore(clients.documents, table);
  const load = () => store.load(deployment, { all: true });
  const mirror = (repository: string) => ({ repository, sourceUrl: `https://${sourceHost}/${repository}` });
  const put = async (DetailType: string, detail: object) => {
    const entry = { EventBusName: bus, Source: 'hourglass.client', DetailType, Detail: JSON.stringify(detail) };
    const { Entries } = await clients.events.send(new PutEventsCommand({ Entries: [entry] }));
    if (Entries?.[0]?.ErrorCode) throw new Error(Entries[0].ErrorMessage);
  };
  const itemWhen = (repository: string, state: string, withinSeconds = SOON_S) =>
    waitFor(`${repository} ${state}`, withinSeconds, async () => {
      const item = (await load()).items.get(`mirror:${repository}`);
      // A claim is recorded before RunTask is asked; only its answer names the task.
      const isSo = item?.state === state && (state !== 'running' || item.claim?.taskArn);
      return isSo ? item : undefined;
    });
  /** Every endpoint with the lease's tag, the free gateways included. */
  const endpointsOfLease = async () => {
    const { VpcEndpoints = [] } = await clients.ec2.send(new DescribeVpcEndpointsCommand({}));
    return VpcEndpoints.flatMap(({ VpcEndpointType: type, ServiceName, Tags = [] }) => {
      const tags = new Map(Tags.map(({ Key, Value }) => [Key, Value]));
      if (tags.get('hourglass:lease') !== deployment) return [];
      return [{ type, service: ServiceName?.split('.').slice(3).join('.'), fence: tags.get('hourglass:fence') }];
    });
  };
  const events = { clients, steps, account, region: run.region };
  const stopTask = async (repository: string, exitCode: number) => {
    const { claim } = await itemWhen(repository, 'running');
    const cluster = `arn:aws:ecs:${run.region}:${account}:cluster/${stackName}`;
    const detail = { clusterArn: cluster, taskArn: claim?.taskArn, startedBy: claim?.token, lastStatus: 'STOPPED' };
    const ended = { stopCode: 'EssentialContainerExited', containers: [{ name: 'task', exitCode }] };
    await injectServiceEvent(events, `${stackName}-`, 'aws.ecs', 'ECS Task State Change', { ...detail, ...ended });
  };

  const operator = createOperator(run);
  await operator.seesItEmpty();
  await checkDashboard(run);
  await operator.pauses();
  await steps.check('the webhook refuses a caller without its key', async () => {
    const { status } = await post(run.endpoint, webhookUrl, mirror('hook'));
    if (status !== 401) throw new Error(`it answered ${status}`);
    return '401';
  });
  await steps.check('the webhook takes a request with the key', async () => {
    const { status, body } = await post(run.endpoint, webhookUrl, mirror('hook'), run.apiKey);
    if (status !== 202) throw new Error(`it answered ${status}: ${body}`);
    return `202 ${body}`;
  });
  await steps.check('a webhook’s request reaches the lease: function, bus, rule, queue, intake, table', async () => {
    const item = await itemWhen('hook', 'pending');
    return `mirror:hook is pending as ${item.request.requestId}`;
  });
  await steps.check('a client’s PutEvents reaches the lease', async () => {
    await put('MirrorRequested', { version: 1, ...mirror('app') });
    await itemWhen('app', 'pending');
    return 'mirror:app is pending';
  });
  await operator.resumes();
  await steps.check('the lease record opens', async () => {
    const lease = await waitFor('an opening lease', SOON_S, async () => {
      const { lease: seen } = await load();
      return seen.phase === 'opening' && seen.askedAtMs !== null ? seen : undefined;
    });
    if (lease.fence !== 1 || lease.pending !== 3) throw new Error(JSON.stringify(lease));
    return 'opening, fence 1, 3 pending';
  });
  await steps.check('its one schedule exists', async () => {
    const { lease } = await load();
    const GroupName = stackName;
    const { Schedules = [] } = await clients.scheduler.send(new ListSchedulesCommand({ GroupName }));
    const found = await clients.scheduler.send(new GetScheduleCommand({ GroupName, Name: lease.timer?.id }));
    if (!found.Target?.Arn?.endsWith(`:${stackName}-${lease.timer?.owner}`))
      throw new Error(`its target is ${found.Target?.Arn}`);
    if (!found.Target.DeadLetterConfig?.Arn?.endsWith('-undelivered')) throw new Error('it has no dead-letter queue');
    if (Schedules.length !== 1) throw new Error(`there are ${Schedules.length}`);
    return `${found.Name}, ${found.ScheduleExpression}, to ${lease.timer?.owner}`;
  });
  await steps.check('the provisioner creates the endpoints stack, tagged with the lease', async () => {
    const status = await waitFor('the endpoints stack', SOON_S, () => statusOf(clients, endpointsStack));
    const interfaces = (await endpointsOfLease()).filter(({ fence }) => fence === '1');
    if (interfaces.length === 0) throw new Error(`${status}, and no endpoint has the tags`);
    const gateways = interfaces.filter(({ type }) => type === 'Gateway');
    if (gateways.length > 0) throw new Error('a gateway endpoint has the fence by which the teardown sweeps');
    return `${status}, endpoints: ${interfaces
      .map(({ service }) => service)
      .sort()
      .join(', ')}`;
  });
  steps.inject('creation time: the endpoints stack is complete at once, in AWS after two to three minutes');
  steps.inject(
    'nothing, where CloudFormation announces a created stack: this emulator sends no such event, and the lease opens by its timer',
  );
  await steps.check('the schedule fires, and the lease opens by the timer alone', async () => {
    const timer = (await load()).lease.timer?.id ?? '';
    await waitFor('the open lease', TIMER_S, async () => ((await load()).lease.phase === 'open' ? true : undefined));
    const { Schedules = [] } = await clients.scheduler.send(new ListSchedulesCommand({ GroupName: stackName }));
    if (Schedules.some(({ Name }) => Name === timer)) throw new Error('the schedule that fired is still there');
    return 'open; the schedule is gone, and the next one is set';
  });
  await steps.check('EndpointsReady makes the runner start a task for each request', async () => {
    const [app, ...others] = [
      await itemWhen('app', 'running'),
      await itemWhen('hook', 'running'),
      await itemWhen('asked', 'running'),
    ];
    const arns = [app, ...others].map(({ claim }) => claim?.taskArn ?? '');
    const { tasks = [] } = await clients.ecs.send(new DescribeTasksCommand({ cluster: stackName, tasks: arns }));
    const work = await readWork(clients.documents, table, app.claim?.token ?? '');
    if (tasks.length !== 3 || work.kind !== 'mirror') throw new Error(`${tasks.length} tasks`);
    return `3 tasks in ECS; one reads: ${work.sourceUrl} to ${work.destination}`;
  });
  await operator.seesItOpen();
  await checkConsole(run);
  const line = 'fatal: Authentication failed';
  const failing = await operator.readsWhy('mirror:app', line);
  await steps.check('a task that succeeds becomes history', async () => {
    await stopTask('hook', 0);
    await waitFor('the end of mirror:hook', SOON_S, async () =>
      (await load()).items.has('mirror:hook') ? undefined : true,
    );
    return 'nothing is owed to mirror:hook';
  });
  await steps.check('a task that fails for good rests in the failed-mirrors queue', async () => {
    await stopTask('app', 1);
    const body = await waitFor('its message', SOON_S, () => peekMessage(clients.sqs, `${stackName}-failed-mirrors`));
    const { taskKey, attempts } = JSON.parse(body) as { taskKey: string; attempts: number };
    return `${taskKey} after ${attempts} attempt`;
  });
  await operator.readsTheFailure('mirror:app', failing, line);
  await operator.replays('mirror:app', failing);
  await steps.check('a failed message that is brought back is replayed, and runs', async () => {
    const { request } = await itemWhen('app', 'running');
    if (!request.requestId.endsWith(':replay-1')) throw new Error(`it runs as ${request.requestId}`);
    await stopTask('app', 0);
    await waitFor('the end of the replay', SOON_S, async () =>
      (await load()).items.has('mirror:app') ? undefined : true,
    );
    const left = await countMessages(clients.sqs, `${stackName}-failed-mirrors`);
    if (left !== 0) throw new Error(`${left} messages are still in the queue`);
    return `ran as ${request.requestId} and succeeded`;
  });
  await steps.check('another task fails for good', async () => {
    await stopTask('asked', 1);
    await waitFor('its message', SOON_S, () => peekMessage(clients.sqs, `${stackName}-failed-mirrors`));
    return 'its message is in failed-mirrors';
  });
  await operator.discards('a failed request', 'failed');
  await steps.check('a request that is not admitted rests with its reason', async () => {
    await put('TaskRequested', { version: 1, name: 'unknown' });
    await waitFor('the refused original', SOON_S, () => peekMessage(clients.sqs, `${stackName}-intake-dead`));
    return 'in intake-dead';
  });
  await operator.discards('a refused one', 'refused');
  await operator.closes();
  await steps.check('the lease closes, by a timer of the teardown, when its stack is gone', async () => {
    const { stackId } = (await load()).lease;
    await waitFor('the end of the endpoints stack', SOON_S, async () => {
      const status = await statusOf(clients, endpointsStack);
      return status === undefined || status === 'DELETE_COMPLETE' ? true : undefined;
    });
    const detail = { 'stack-id': stackId, 'status-details': { status: 'DELETE_COMPLETE' }, 'client-request-token': '' };
    await injectServiceEvent(
      events,
      `${stackName}-`,
      'aws.cloudformation',
      'CloudFormation Stack Status Change',
      detail,
    );
    // What the stack may have left behind is looked for at the next timer, before the lease is closed.
    await waitFor('the closed lease', TIMER_S, async () =>
      (await load()).lease.phase === 'closed' ? true : undefined,
    );
    const { Schedules = [] } = await clients.scheduler.send(new ListSchedulesCommand({ GroupName: stackName }));
    if (Schedules.length > 0) throw new Error(`${Schedules.map(({ Name }) => Name)} is left`);
    const left = await endpointsOfLease();
    if (left.length !== 2 || left.some(({ type }) => type !== 'Gateway')) throw new Error(JSON.stringify(left));
    return 'closed; no schedule is left, and of the endpoints the two free gateways';
  });
  await operator.looksBack();
  await checkMetrics(run);
  await steps.check('nothing was undelivered or unhandled', async () => {
    for (const queue of ['undelivered', 'unhandled', 'replay', 'intake']) {
      const count = await countMessages(clients.sqs, `${stackName}-${queue}`);
      if (count > 0)
        throw new Error(`${count} in ${queue}: ${await peekMessage(clients.sqs, `${stackName}-${queue}`)}`);
    }
    return 'undelivered, unhandled, replay and intake are empty';
  });
  await steps.check('the control plane is deleted', async () => {
    await deleteStack(clients, stackName);
    return 'gone';
  });
}
