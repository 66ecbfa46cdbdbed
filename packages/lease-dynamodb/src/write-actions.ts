/** One transaction's actions beside the lease itself: the items that moved, and what the decision's facts leave behind. */
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import {
  type Fact,
  goneStrays,
  identityOf,
  identityOfAsk,
  type LeaseState,
  newsOf,
  placeChanges,
  type TaskItem,
  type Unannounced,
} from '@hourglass/lease';
import { endedKey, historyKey, memoryKey, outboxKey, placeKey, requestKey, taskItemKey, timelineKey } from './keys.ts';
import { workItem } from './work.ts';

export type WriteAction = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

const DAY_S = 24 * 3600;
/** Longer than any retry: SQS keeps a message 14 days at most, EventBridge and Lambda give up within a day. */
const REQUEST_TTL_S = 30 * DAY_S;
const HISTORY_TTL_S = 90 * DAY_S;
/** Of what nobody has announced by then, nobody would want to hear as news. */
const OUTBOX_TTL_S = 7 * DAY_S;
const WORK_TTL_S = 7 * DAY_S;

/** Puts and deletes of the active items that differ between the two states, and of their places. */
export function itemActions(tableName: string, before: LeaseState, after: LeaseState): WriteAction[] {
  const { leaseId } = before.lease;
  const actions: WriteAction[] = [];
  for (const [taskKey, item] of after.items) {
    const old = before.items.get(taskKey);
    if (old === item) continue;
    actions.push({ Put: { TableName: tableName, Item: { ...taskItemKey(leaseId, taskKey), data: item } } });
    actions.push(...placeActions(tableName, leaseId, taskKey, old, item));
  }
  for (const [taskKey, old] of before.items) {
    if (after.items.has(taskKey)) continue;
    actions.push({ Delete: { TableName: tableName, Key: taskItemKey(leaseId, taskKey) } });
    actions.push(...placeActions(tableName, leaseId, taskKey, old, undefined));
  }
  for (const stray of goneStrays(before, after)) {
    actions.push({ Delete: { TableName: tableName, Key: placeKey(leaseId, stray) } });
  }
  return actions;
}

function placeActions(
  TableName: string,
  leaseId: string,
  taskKey: string,
  before: TaskItem | undefined,
  after: TaskItem | undefined,
): WriteAction[] {
  const { leaves, takes } = placeChanges(before, after);
  return [
    ...(leaves ? [{ Delete: { TableName, Key: placeKey(leaseId, leaves) } }] : []),
    ...(takes ? [{ Put: { TableName, Item: { ...placeKey(leaseId, takes), taskKey } } }] : []),
  ];
}

/** The outbox entry of the write that makes this version, if it has news. */
export function outboxActions(
  tableName: string,
  leaseId: string,
  version: number,
  facts: Fact[],
  nowMs: number,
): WriteAction[] {
  const news = newsOf(facts);
  if (news.length === 0) return [];
  const data: Unannounced = { version, writtenAtMs: nowMs, news };
  const expiresAt = Math.floor(nowMs / 1000) + OUTBOX_TTL_S;
  return [{ Put: { TableName: tableName, Item: { ...outboxKey(leaseId, version), data, expiresAt } } }];
}

export function factActions(tableName: string, leaseId: string, facts: Fact[], nowMs: number): WriteAction[] {
  const nowS = Math.floor(nowMs / 1000);
  const memories = new Map<string, WriteAction>();
  const actions = facts.flatMap((fact): WriteAction[] => {
    switch (fact.type) {
      case 'requestRemembered': {
        const { request, as, joins } = fact;
        const { requestId, origin, acceptedAtMs, startByMs } = request;
        const data = {
          requestId,
          taskKey: fact.taskKey,
          acceptedAtMs,
          startByMs,
          as,
          joins,
          ...(origin && { origin }),
        };
        // Who joined another has no end of its own: this is its entry in the history.
        const joined = joins !== requestId;
        const Item = {
          ...requestKey(leaseId, identityOf(request)),
          data,
          ...(joined && timelineKey(leaseId, 'ended', acceptedAtMs, requestId)),
          expiresAt: nowS + (joined ? HISTORY_TTL_S : REQUEST_TTL_S),
        };
        return [{ Put: { TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } }];
      }
      case 'askRemembered': {
        const { askId } = fact;
        const Item = { ...requestKey(leaseId, identityOfAsk(askId)), data: { askId }, expiresAt: nowS + REQUEST_TTL_S };
        return [{ Put: { TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } }];
      }
      case 'taskClaimed': {
        const work = workItem(fact.token, fact.work, nowS + WORK_TTL_S, membersOf(fact, facts));
        return [{ Put: { TableName: tableName, Item: { ...work, leaseId, taskKey: fact.taskKey } } }];
      }
      case 'taskSucceeded':
        memories.set(
          fact.taskKey,
          remember(tableName, leaseId, fact.taskKey, {
            lastSuccessAtMs: nowMs,
            lastDurationMs: fact.durationMs,
            ...(fact.tips && { tips: fact.tips }),
            ...(fact.carried && { carried: fact.carried }),
          }),
        );
        return [historyAction(tableName, leaseId, { ...fact, status: 'succeeded', message: '' }, nowMs)];
      case 'taskFailed':
        if (fact.carried)
          memories.set(fact.taskKey, remember(tableName, leaseId, fact.taskKey, { carried: fact.carried }));
        if (fact.next === 'retry') return [];
        return [historyAction(tableName, leaseId, { ...fact, status: fact.next }, nowMs)];
      case 'leaseClosed': {
        const { fence, openedAtMs, closedAtMs, failed, message } = fact;
        const data = { fence, openedAtMs, closedAtMs, failed, ...(message !== undefined && { message }) };
        return [{ Put: { TableName: tableName, Item: { ...endedKey(leaseId, fence), data } } }];
      }
      default:
        return [];
    }
  });
  return [...actions, ...memories.values()];
}

/** Who is in the batch of the task that this claim begins. */
function membersOf({ token }: { token: string }, facts: Fact[]): string[] {
  return facts.flatMap((fact) =>
    fact.type === 'taskClaimed' && fact.batchId === token && fact.token !== token ? [fact.token] : [],
  );
}

function historyAction(
  tableName: string,
  leaseId: string,
  ended: Extract<Fact, { type: 'taskSucceeded' | 'taskFailed' }> & { status: string; message: string },
  nowMs: number,
): WriteAction {
  const { taskKey, request, status, message, token, fence, tries, report } = ended;
  const attempts = ended.type === 'taskFailed' ? ended.attempts : tries.length;
  const timeline = status === 'dead' ? 'failed' : 'ended';
  const key = historyKey(leaseId, taskKey, nowMs, request.requestId);
  const data = {
    request,
    status,
    message,
    token,
    fence,
    attempts,
    finishedAtMs: nowMs,
    tries,
    ...(report && { report }),
  };
  const expiresAt = Math.floor(nowMs / 1000) + HISTORY_TTL_S;
  const Item = { ...key, ...timelineKey(leaseId, timeline, nowMs, request.requestId), data, expiresAt };
  return { Put: { TableName: tableName, Item } };
}

/** What is not named stays as it was. */
function remember(tableName: string, leaseId: string, taskKey: string, values: Record<string, unknown>): WriteAction {
  const names = Object.keys(values);
  return {
    Update: {
      TableName: tableName,
      Key: memoryKey(leaseId, taskKey),
      UpdateExpression: `SET ${names.map((name) => `${name} = :${name}`).join(', ')}`,
      ExpressionAttributeValues: Object.fromEntries(names.map((name) => [`:${name}`, values[name]])),
    },
  };
}
