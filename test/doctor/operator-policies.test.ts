/** The two policies for operators: each is enough for what it is for, has no permission that is not asked, and reading alone changes nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Trace } from '@hourglass/cloud';
import {
  close,
  createOperatorClients,
  type Deployment,
  discard,
  examine,
  findLogSources,
  listDeadLetters,
  openDeployment,
  pause,
  readHistory,
  readLife,
  readLogs,
  readStatus,
  replay,
  requestTask,
  resume,
} from '@hourglass/operations';
import { readAccount, readCostExplorer, readLedger, UsageHours } from '@hourglass/operations/bill';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NAME, openSoundWorld, type SoundWorld } from './sound-world.ts';

const DAY_MS = 86_400_000;
let world: SoundWorld;
const asked = new Map<string, Set<string>>();
const denied: string[] = [];

beforeAll(async () => {
  world = await openSoundWorld();
  world.cloud.onTrace((trace: Trace) => {
    if (trace.kind !== 'api' || trace.caller.kind !== 'user') return;
    const actions = asked.get(trace.caller.userName) ?? new Set<string>();
    for (const { action } of trace.demands) actions.add(action);
    asked.set(trace.caller.userName, actions);
    if (/AccessDenied|not authorized/.test(`${trace.outcome} ${trace.message}`)) denied.push(trace.message ?? '');
  });
});
afterAll(() => world.close());

async function openAs(userName: string, ...outputs: string[]): Promise<Deployment> {
  const policies = outputs.map((name) => world.outputs[name] ?? '');
  const clients = createOperatorClients({
    region: world.cloud.region,
    credentials: world.cloud.createUser(userName, policies),
    requestHandler: world.cloud.requestHandler() as never,
  });
  return await openDeployment({ clients });
}

async function look(deployment: Deployment): Promise<void> {
  await openDeployment({ clients: deployment.clients, name: NAME });
  await readStatus(deployment);
  await readHistory(deployment, { limit: 10 });
  await readHistory(deployment, { task: 'mirror:app', limit: 10 });
  await readLife(deployment, 'none');
  await bill(deployment);
  const { sources } = await findLogSources(deployment, { service: 'intake' });
  await readLogs(deployment, sources, { sinceMs: 0, limit: 10 });
  await readLogs(deployment, [{ name: 'task', group: deployment.description.taskLogs }], { sinceMs: 0, limit: 10 });
  const found = await examine(deployment, { post: async () => ({ status: 401 }) });
  expect(found.filter(({ level }) => level !== 'ok')).toEqual([]);
}

/** As `hourglass bill` asks, where no export is given. */
async function bill(deployment: Deployment): Promise<void> {
  const nowMs = deployment.nowMs();
  const fromMs = nowMs - 7 * DAY_MS;
  const account = await readAccount(deployment.clients);
  const ledger = await readLedger(deployment, { fromMs, toMs: nowMs, account });
  const usage = new UsageHours({ region: deployment.region, account: account ?? undefined, fromMs, toMs: nowMs });
  await readCostExplorer(await deployment.clients.costExplorer(), usage, { fromMs, toMs: nowMs, nowMs });
  expect([ledger.entries, usage.hours]).toEqual([[], 0]);
}

/** What the statements of a policy name. */
function actionsOf(description: RegExp): string[] {
  const template = JSON.parse(readFileSync(join(world.assembly, `hourglass-${NAME}.template.json`), 'utf8'));
  const policies = Object.values(template.Resources as Record<string, { Type: string; Properties: never }>)
    .filter(({ Type }) => Type === 'AWS::IAM::ManagedPolicy')
    .map(
      ({ Properties }) =>
        Properties as { Description: string; PolicyDocument: { Statement: { Action: string | string[] }[] } },
    )
    .filter(({ Description }) => description.test(Description));
  expect(policies).toHaveLength(1);
  return [
    ...new Set(policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement.flatMap(({ Action }) => Action))),
  ].sort();
}

it('whoever has the policy for reading may look at all, and needs all of it', async () => {
  await look(await openAs('reader', 'OperatorReadPolicyArn'));
  // To learn whether an object is there takes the permission to read it, which nobody here has: that is then not checked.
  expect(denied.filter((message) => !message.includes('s3:GetObject'))).toEqual([]);
  const unused = actionsOf(/^Lets an operator look/).filter((action) => !asked.get('reader')?.has(action));
  // Asked where Service Quotas knows no value of the account's own, and of a batch of items.
  expect(unused.filter((action) => !/GetAWSDefaultServiceQuota|BatchGetItem/.test(action))).toEqual([]);
});

it('reads no secret, and changes nothing', async () => {
  const deployment = await openAs('only-reader', 'OperatorReadPolicyArn');
  const actions = actionsOf(/^Lets an operator look/);
  expect(actions.join()).not.toMatch(
    /GetSecretValue|s3:GetObject|ssm:GetParameters?(,|$)(?<!ssm:GetParameter,)|kms:Decrypt/,
  );
  for (const action of actions) expect(action).toMatch(/:(Get|List|Describe|Query|BatchGet|Filter|Simulate)/);
  await expect(pause(deployment)).rejects.toThrow(/not authorized|AccessDenied/);
  await expect(listDeadLetters(deployment, { limit: 1 })).rejects.toThrow(/not authorized/);
  denied.length = 0;
});

it('whoever has the policy for operators may look and act', async () => {
  const deployment = await openAs('operator', 'OperatorPolicyArn');
  await look(deployment);
  await requestTask(deployment, { kind: 'mirror', name: 'app' });
  await pause(deployment);
  await resume(deployment);
  await close(deployment);
  // A queue that is empty is waited at.
  const driving = world.cloud.driver.drive({ speed: 1_000 });
  await listDeadLetters(deployment, { limit: 10 });
  await replay(deployment, { all: true });
  await discard(deployment, 'none', 'of the tests').catch((error: Error) => expect(error.name).toBe('NotFound'));
  await driving.stop();
  expect(denied.filter((message) => !message.includes('s3:GetObject'))).toEqual([]);
  for (const action of asked.get('operator') ?? [])
    if (action !== 's3:GetObject') expect(actionsOf(/^Lets an operator act/)).toContain(action);
});
