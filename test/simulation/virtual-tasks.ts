/** Tasks without a process: they read their works as the entrypoint does, copy the sources one after the other, and leave their results. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Cloud, VirtualRun, VirtualTask } from '@hourglass/cloud';
import { taskKeyOf, type Work } from '@hourglass/lease';
import { readBatch, readWork, writeResult } from '@hourglass/lease-dynamodb';
import type { Sources } from './sources.ts';

/** How one task behaves. */
export interface Behaviour {
  durationMs: number;
  ends:
    | 'succeeds'
    /** It writes why. */
    | 'fails'
    /** Killed before it has written anything; whether it had copied by then is up to chance. */
    | 'killedBeforeCopy'
    | 'killedAfterCopy'
    /** Its result could not be written; the exit code says so. */
    | 'succeedsMute'
    /** It does not end by itself, not even at its time limit. */
    | 'hangs';
}

const FOREVER_MS = 30 * 24 * 3_600_000;
const EXIT = { succeeded: 0, failed: 1, timeLimitOver: 124, killed: 137 };

export interface TaskWorld {
  cloud(): Cloud;
  table: string;
  sources: Sources;
  behave(): Behaviour;
  /** A run has copied what it found at its start. */
  onCopied(run: { taskKey: string; token: string; startedAtMs: number }): void;
}

export function createTaskRunner(world: TaskWorld): (task: VirtualTask) => Promise<VirtualRun> {
  const documents = new Map<string, DynamoDBDocumentClient>();
  const documentOf = (roleArn: string) => {
    const cloud = world.cloud();
    let document = documents.get(roleArn);
    if (!document) {
      const credentials = cloud.credentialsFor(roleArn, 'task');
      const client = new DynamoDBClient({
        region: cloud.region,
        requestHandler: cloud.requestHandler(),
        credentials,
      });
      document = DynamoDBDocumentClient.from(client);
      documents.set(roleArn, document);
    }
    return document;
  };
  return async ({ environment, taskArn, taskRoleArn = '' }) => {
    const document = documentOf(taskRoleArn);
    const { tokens, timeLimitSeconds } = await readBatch(document, world.table, environment.WORK_ID ?? '');
    const { clock, parts } = world.cloud();
    const lives = () =>
      parts.ecs.tasks().some(({ arn, desiredStatus }) => arn === taskArn && desiredStatus === 'RUNNING');
    let [endsMs, code] = [0, EXIT.succeeded];
    let last: (() => Promise<void>) | undefined;
    for (const [index, token] of tokens.entries()) {
      if (index > 0 && endsMs >= timeLimitSeconds * 1_000) {
        code ||= EXIT.timeLimitOver;
        break;
      }
      const work = await readWork(document, world.table, token);
      const write: Write = (status, message) => writeResult(document, world.table, token, { status, message });
      const run = playOf(work, world, token, write);
      const beginsMs = endsMs;
      endsMs += run.durationMs;
      code ||= run.exitCode;
      if (index === 0) run.begin();
      else clock.schedule(clock.nowMs() + beginsMs, 'a batch goes on', () => (lives() ? run.begin() : undefined));
      // What the last one does goes with the end of the task.
      if (index === tokens.length - 1 || run.exitCode === EXIT.killed) {
        last = run.end;
        break;
      }
      clock.schedule(clock.nowMs() + endsMs, 'a batch goes on', () => (lives() ? run.end() : undefined));
    }
    return { durationMs: endsMs, exitCode: code, ...(last && { effect: last }) };
  };
}

type Write = (status: 'succeeded' | 'failed', message: string) => Promise<void>;

interface Play {
  durationMs: number;
  exitCode: number;
  begin(): void;
  end(): Promise<void>;
}

/** What one work of a task does, from the beginning of its turn to the end. */
function playOf(work: Work, world: TaskWorld, token: string, write: Write): Play {
  const taskKey = taskKeyOf(work);
  const source = world.sources.of(taskKey);
  let [found, startedAtMs] = [0, 0];
  const begin = () => {
    found = source.head;
    startedAtMs = world.cloud().clock.nowMs();
  };
  const copy = async () => {
    source.mirrored = Math.max(source.mirrored, found);
    source.isForeign = false;
    world.onCopied({ taskKey, token, startedAtMs });
  };
  const nothing = async () => {};
  const { durationMs, ...behaviour } = world.behave();
  // What is not there takes no push.
  const ends = isThere(work, world.cloud()) || behaviour.ends === 'hangs' ? behaviour.ends : 'fails';
  if (ends === 'hangs') return { durationMs: FOREVER_MS, exitCode: EXIT.killed, begin, end: nothing };
  const limitMs = work.timeLimitSeconds * 1_000;
  if (durationMs > limitMs) {
    const end = () => write('failed', 'the time limit is over');
    return { durationMs: limitMs, exitCode: EXIT.timeLimitOver, begin, end };
  }
  switch (ends) {
    case 'succeeds':
      return {
        durationMs,
        exitCode: EXIT.succeeded,
        begin,
        async end() {
          await copy();
          await write('succeeded', 'copied');
        },
      };
    case 'succeedsMute':
      return { durationMs, exitCode: EXIT.succeeded, begin, end: copy };
    case 'fails':
      return { durationMs, exitCode: EXIT.failed, begin, end: () => write('failed', 'the source was away') };
    case 'killedAfterCopy':
      return { durationMs, exitCode: EXIT.killed, begin, end: copy };
    case 'killedBeforeCopy':
      return { durationMs, exitCode: EXIT.killed, begin, end: nothing };
  }
}

function isThere(work: Work, { parts }: Cloud): boolean {
  return work.kind !== 'mirror' || parts.codecommit.repositories().has(work.repository);
}
