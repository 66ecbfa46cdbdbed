/**
 * The work of one task, and what came of it: one item per attempt token. Where several attempts share one task, the task is given the
 * first token, and the first item names the others; each has its own result.
 *
 * Written with the claim by the store, read by the task through the DynamoDB gateway endpoint, completed by the task with its
 * result, read once more by the runner, and removed by its TTL. The task's role reaches `work#*` only, never the lease.
 */
import { isDeepStrictEqual } from 'node:util';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Carried, Report, Work } from '@hourglass/lease';
import { memoryKey } from './keys.ts';
import { parseCarried, parseTips } from './tips.ts';

/** Copy every branch and tag of `sourceUrl` to `destination`. */
export type MirrorWork = Extract<Work, { kind: 'mirror' }>;
/** Run a command that the deployment has defined; `argv` never comes from a request. */
export type CommandWork = Extract<Work, { kind: 'command' }>;

/** What the task says of itself; `refs` is how many refs a mirror has after it, `durationMs` how long it took among others. */
export interface WorkResult {
  readonly status: 'succeeded' | 'failed';
  readonly message: string;
  readonly refs?: number;
  readonly durationMs?: number;
  /** What a mirror has carried, branches first, then what earlier ones had: {@link MAX_TIPS} at most. */
  readonly tips?: readonly string[];
  /** The branch that a mirror's source names as its HEAD; known of a failed mirror too, if refs could be written. */
  readonly defaultBranch?: string;
  /** Of a failure: another try would end the same. */
  readonly permanent?: boolean;
  /**
   * Of a failure that says nothing of the mirror: another look may pass. Of a task: what was refused had moved at the destination meanwhile. Of the
   * direct carrier: nothing was tried, and the next attempt may begin at once with what is `carried`.
   */
  readonly stale?: boolean;
  /** Of a failure of the direct carrier: only a Fargate task can do it. */
  readonly handsOver?: boolean;
  /** What the direct carrier remembers for its next attempt, whatever came of this one. */
  readonly carried?: Carried;
  /** What it has done, for the history. */
  readonly report?: Report;
}

/** There is no work under this token: it has expired or was never written. */
export class WorkNotFound extends Error {
  override readonly name = 'WorkNotFound';
  constructor(token: string) {
    super(`there is no work ${JSON.stringify(token)} in the table`);
  }
}

/** The work item is there, but a task cannot act on it. */
export class WorkMalformed extends Error {
  override readonly name = 'WorkMalformed';
  constructor(token: string, faults: readonly string[]) {
    super(`the work ${JSON.stringify(token)} is malformed: ${faults.join('; ')}`);
  }
}

/** Where the work of an attempt token lies in the table. */
export function workKey(token: string): { pk: string; sk: string } {
  return { pk: `work#${token}`, sk: 'work' };
}

/**
 * The item to put for one attempt.
 * @param expiresAtSeconds epoch seconds after which the table may forget the item (its TTL attribute)
 * @param members the tokens that the same task does after this one, in their order
 */
export function workItem(
  token: string,
  work: Work,
  expiresAtSeconds: number,
  members: readonly string[] = [],
): Record<string, unknown> {
  return { ...workKey(token), ...work, ...(members.length > 0 && { members }), expiresAt: expiresAtSeconds };
}

/** What a task does: one work after the other, and none is begun once `timeLimitSeconds` are over. */
export interface Batch {
  /** The token that the task was begun with, then the others of its batch. */
  readonly tokens: readonly string[];
  readonly timeLimitSeconds: number;
}

/**
 * The batch of the task that was begun with `token`, strongly consistent.
 * @throws WorkNotFound
 */
export async function readBatch(
  document: DynamoDBDocumentClient,
  tableName: string,
  token: string,
  options: { readonly abortSignal?: AbortSignal } = {},
): Promise<Batch> {
  const item = await getItem(document, tableName, token, options);
  if (item === undefined) throw new WorkNotFound(token);
  // One that is malformed is reported when its work is read.
  return { tokens: [token, ...membersOf(item)], timeLimitSeconds: Number(item.timeLimitSeconds) };
}

function membersOf({ members }: Record<string, unknown>): string[] {
  return Array.isArray(members) ? members.filter((member) => typeof member === 'string') : [];
}

/**
 * Reads the work of an attempt, strongly consistent.
 * @throws WorkNotFound, WorkMalformed
 */
export async function readWork(
  document: DynamoDBDocumentClient,
  tableName: string,
  token: string,
  options: { readonly abortSignal?: AbortSignal } = {},
): Promise<Work> {
  const item = await getItem(document, tableName, token, options);
  if (item === undefined) throw new WorkNotFound(token);
  return parseWork(token, item);
}

/** Which task an attempt belongs to, and the result that the task has left, if any. */
export interface Attempt {
  readonly token: string;
  readonly leaseId: string;
  readonly taskKey: string;
  /** Of a mirror. */
  readonly destination: string | undefined;
  readonly result: WorkResult | undefined;
}

/** The attempts of the task that was begun with `token`, in their order, strongly consistent; none if they are gone, or never were. */
export async function readAttempts(
  document: DynamoDBDocumentClient,
  tableName: string,
  token: string,
): Promise<Attempt[]> {
  const first = await getItem(document, tableName, token, {});
  if (first === undefined) return [];
  const others = membersOf(first).map(async (member) =>
    attemptOf(member, await getItem(document, tableName, member, {})),
  );
  return [attemptOf(token, first), ...(await Promise.all(others))].flat();
}

function attemptOf(token: string, item: Record<string, unknown> | undefined): Attempt[] {
  if (typeof item?.leaseId !== 'string' || typeof item.taskKey !== 'string') return [];
  const { leaseId, taskKey } = item;
  const destination = typeof item.destination === 'string' ? item.destination : undefined;
  return [{ token, leaseId, taskKey, destination, result: parseResult(item.result) }];
}

/** Characters of a report; changed refs have long names. */
const MAX_REPORT = 32_768;

/** A task's own word: what is no object, or is too large for the history, is left out. */
function parseReport(report: unknown): Report | undefined {
  if (typeof report !== 'object' || report === null || Array.isArray(report)) return undefined;
  return JSON.stringify(report).length <= MAX_REPORT ? (report as Report) : undefined;
}

/** Undefined for a result that a task could not have written. */
function parseResult(result: unknown): WorkResult | undefined {
  if (typeof result !== 'object' || result === null) return undefined;
  const { status, message, refs, durationMs, tips, defaultBranch, permanent, stale, handsOver } = result as Record<
    string,
    unknown
  >;
  const carried = parseCarried((result as Record<string, unknown>).carried);
  const report = parseReport((result as Record<string, unknown>).report);
  if ((status !== 'succeeded' && status !== 'failed') || typeof message !== 'string') return undefined;
  return {
    status,
    message,
    ...(typeof refs === 'number' ? { refs } : {}),
    ...(typeof durationMs === 'number' && durationMs >= 0 ? { durationMs } : {}),
    ...(tips === undefined ? {} : { tips: parseTips(tips) }),
    ...(typeof defaultBranch === 'string' ? { defaultBranch } : {}),
    ...(report === undefined ? {} : { report }),
    ...(status === 'failed' && permanent === true ? { permanent } : {}),
    ...(status === 'failed' && stale === true ? { stale } : {}),
    ...(status === 'failed' && handsOver === true ? { handsOver } : {}),
    ...(carried === undefined ? {} : { carried }),
  };
}

/** The tips that the task of this key has mirrored last; none if it never has. */
export async function readTips(
  document: DynamoDBDocumentClient,
  tableName: string,
  leaseId: string,
  taskKey: string,
): Promise<string[]> {
  const command = new GetCommand({ TableName: tableName, Key: memoryKey(leaseId, taskKey) });
  const { Item } = await document.send(command);
  return parseTips(Item?.tips);
}

/**
 * Writes what came of the work on its own item; a later call replaces an earlier one.
 * @throws WorkNotFound if the item is gone: a result never makes an item without TTL
 */
export async function writeResult(
  document: DynamoDBDocumentClient,
  tableName: string,
  token: string,
  result: WorkResult,
): Promise<void> {
  if (!(await putResult(document, tableName, token, result, 'attribute_exists(pk)'))) throw new WorkNotFound(token);
}

/** Writes the result if `condition` holds of the work's item, where it stands as `#result`. @returns whether it held */
export async function putResult(
  document: DynamoDBDocumentClient,
  tableName: string,
  token: string,
  result: WorkResult,
  condition: string,
): Promise<boolean> {
  try {
    await document.send(
      new UpdateCommand({
        TableName: tableName,
        Key: workKey(token),
        UpdateExpression: 'SET #result = :result',
        ConditionExpression: condition,
        ExpressionAttributeNames: { '#result': 'result' },
        ExpressionAttributeValues: { ':result': result },
      }),
    );
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // Of a call that the SDK has sent again the first may have been carried out, and its answer lost.
    if ((error.$metadata.attempts ?? 1) === 1) return false;
    const there = (await getItem(document, tableName, token, {}))?.result;
    return isDeepStrictEqual(there, JSON.parse(JSON.stringify(result)));
  }
}

export async function getItem(
  document: DynamoDBDocumentClient,
  tableName: string,
  token: string,
  options: { readonly abortSignal?: AbortSignal },
): Promise<Record<string, unknown> | undefined> {
  const command = new GetCommand({ TableName: tableName, Key: workKey(token), ConsistentRead: true });
  const { Item } = await document.send(command, options.abortSignal ? { abortSignal: options.abortSignal } : {});
  return Item;
}

export function parseWork(token: string, item: Record<string, unknown>): Work {
  const faults: string[] = [];
  const text = (name: string): string => {
    const value = item[name];
    if (typeof value === 'string' && value !== '') return value;
    faults.push(`${name} must be a text that is not empty`);
    return '';
  };
  const timeLimitSeconds = Number(item.timeLimitSeconds);
  // A timer of Node holds 2^31 ms, and no task is meant to run for ten days.
  if (typeof item.timeLimitSeconds !== 'number' || !(timeLimitSeconds > 0 && timeLimitSeconds <= 864_000)) {
    faults.push('timeLimitSeconds must be a number above 0 and at most 864000');
  }

  // One that an earlier release has written says nothing of its request.
  const known = typeof item.requestId === 'string' ? { requestId: item.requestId } : {};
  let work: Work | undefined;
  if (item.kind === 'mirror') {
    const carried = parseCarried(item.carried);
    work = {
      ...known,
      kind: 'mirror',
      repository: text('repository'),
      sourceUrl: text('sourceUrl'),
      destination: text('destination'),
      rememberedTips: parseTips(item.rememberedTips),
      ...(carried === undefined ? {} : { carried }),
      timeLimitSeconds,
    };
  } else if (item.kind === 'command') {
    const argv: unknown[] = Array.isArray(item.argv) ? item.argv : [];
    if (argv.length === 0 || argv[0] === '' || !argv.every((word) => typeof word === 'string')) {
      faults.push('argv must be a list of texts that begins with a program');
    }
    work = { ...known, kind: 'command', name: text('name'), argv: argv as string[], timeLimitSeconds };
  } else {
    faults.push(`kind must be "mirror" or "command", not ${JSON.stringify(item.kind)}`);
  }
  if (work === undefined || faults.length > 0) throw new WorkMalformed(token, faults);
  return work;
}
