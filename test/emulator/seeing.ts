/** What a deployment shows of itself there: dashboard, metrics, saved queries, and the console as its user starts it. */
import { GetDashboardCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeQueryDefinitionsCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Status } from '@hourglass/operations';
import type { Clients } from './clients.ts';
import type { Command } from './hourglass-command.ts';
import { type Steps, waitFor } from './steps.ts';

export interface Seen {
  clients: Clients;
  steps: Steps;
  command: Command;
  deployment: string;
  stackName: string;
}

export async function checkDashboard({ clients, steps, stackName }: Seen): Promise<void> {
  await steps.check('the dashboard is there, with the deployment’s own metrics', async () => {
    const { DashboardBody = '' } = await clients.cloudWatch.send(new GetDashboardCommand({ DashboardName: stackName }));
    const { widgets } = JSON.parse(DashboardBody) as { widgets: { properties: { title: string } }[] };
    if (!DashboardBody.includes('PaidEndpointHours')) throw new Error(DashboardBody.slice(0, 500));
    return `${widgets.length} widgets: ${widgets.map(({ properties }) => properties.title).join('; ')}`;
  });
  await steps.check('the saved queries are there, as far as the emulator knows of such', async () => {
    const found = await clients.logs
      .send(new DescribeQueryDefinitionsCommand({ queryDefinitionNamePrefix: '' }))
      .catch((error: Error) => error);
    if (found instanceof Error) {
      steps.lack(`CloudWatch Logs DescribeQueryDefinitions: “${found.name}: ${found.message}”`);
      return found.name;
    }
    return `${found.queryDefinitions?.length ?? 0} of them`;
  });
}

/** After the hour. */
export async function checkMetrics({ clients, steps, deployment, stackName }: Seen): Promise<void> {
  const Namespace = `Hourglass/${deployment}`;
  await steps.check('the functions write their metrics into their logs, in the embedded metric format', async () => {
    const names = new Set<string>();
    for (const service of ['intake', 'runner', 'teardown']) {
      const logGroupName = `/aws/lambda/${stackName}-${service}`;
      const { events = [] } = await clients.logs.send(new FilterLogEventsCommand({ logGroupName, limit: 10_000 }));
      for (const { message = '' } of events) for (const name of namesIn(message, Namespace)) names.add(name);
    }
    for (const name of ['Deliveries', 'RequestToStart', 'TasksSucceeded', 'TasksFailed', 'PaidEndpointHours'])
      if (!names.has(name)) throw new Error(`there are only ${[...names]}`);
    return [...names].sort().join(', ');
  });
  await steps.check('CloudWatch has them as metrics, as far as the emulator reads logs', async () => {
    const { Metrics = [] } = await clients.cloudWatch.send(new ListMetricsCommand({ Namespace }));
    if (Metrics.length === 0) steps.lack('metrics out of logs (embedded metric format): ListMetrics lists none');
    return `${Metrics.length} metrics`;
  });
}

function namesIn(line: string, namespace: string): string[] {
  const from = line.indexOf('{"_aws"');
  if (from < 0) return [];
  const { _aws } = JSON.parse(line.slice(from)) as {
    _aws: { CloudWatchMetrics: { Namespace: string; Metrics: { Name: string }[] }[] };
  };
  return _aws.CloudWatchMetrics.filter(({ Namespace }) => Namespace === namespace).flatMap(({ Metrics }) =>
    Metrics.map(({ Name }) => Name),
  );
}

/** While the lease is open. */
export async function checkConsole({ steps, command, deployment }: Seen): Promise<void> {
  await steps.check('hourglass console: starts, shows the open hour, and only looks', async () => {
    const page = await openConsole(command);
    try {
      const { phase, deployment: name } = await page.read<Status>('/api/status');
      if (phase !== 'open' || name !== deployment) throw new Error(`${name} is ${phase}`);
      const paths = ['/', '/api/start', '/api/repositories', '/api/history', '/api/doors', '/api/learned', '/api/cost'];
      for (const path of paths) {
        const answer = await page.get(path);
        if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
      }
      const { status } = await page.act({ action: 'close' });
      if (status !== 403) throw new Error(`an action was answered with ${status}`);
      return `the page and ${paths.length} addresses answer; an action: 403`;
    } finally {
      await page.close();
    }
  });
  await steps.check('hourglass console --allow-actions: pauses a repository, and resumes it', async () => {
    const page = await openConsole(command, '--allow-actions');
    const isPaused = async () => (await page.read<Status>('/api/status')).paused.tasks.includes('mirror:idle');
    const act = async (action: string) => {
      const { status, text } = await page.act({ action, task: 'mirror:idle' });
      if (status !== 200) throw new Error(`${action}: ${status} ${text}`);
    };
    try {
      await act('pause');
      await waitFor('the pause', 60, async () => ((await isPaused()) ? true : undefined));
      await act('resume');
      await waitFor('the end of the pause', 60, async () => ((await isPaused()) ? undefined : true));
      return 'the lease says both';
    } finally {
      await page.close();
    }
  });
}

async function openConsole(command: Command, ...args: string[]) {
  const child = command.start('console', '--json', '--every', '1', ...args);
  let [printed, complaints] = ['', ''];
  child.stdout.on('data', (part: Buffer) => {
    printed += part.toString();
  });
  child.stderr.on('data', (part: Buffer) => {
    complaints += part.toString();
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const close = async () => {
    child.kill('SIGINT');
    await ended;
  };
  const line = await waitFor('the console’s address', 60, async () => {
    if (child.exitCode !== null) throw new Error(complaints);
    return printed.includes('\n') ? printed : undefined;
  });
  const first = new URL((JSON.parse(line) as { console: string }).console);
  const entered = await fetch(first, { redirect: 'manual' });
  const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const get = (path: string) => fetch(new URL(path, first.origin), { headers: { cookie } });
  return {
    close,
    get,
    async read<Answer>(path: string): Promise<Answer> {
      const answer = await get(path);
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${text}`);
      return JSON.parse(text) as Answer;
    },
    async act(body: object) {
      const headers = { cookie, origin: first.origin, 'content-type': 'application/json' };
      const url = new URL('/api/actions', first.origin);
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
      return { status: answer.status, text: await answer.text() };
    },
  };
}
