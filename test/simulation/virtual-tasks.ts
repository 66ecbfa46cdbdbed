/** Tasks without a process: they read their work as the entrypoint does, copy the source, and leave their result. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Cloud, VirtualRun, VirtualTask } from '@hourglass/cloud';
import { taskKeyOf } from '@hourglass/lease';
import { readWork, writeResult } from '@hourglass/lease-dynamodb';
import type { Sources } from './sources.ts';

/** How one task behaves. */
export interface Behaviour {
  durationMs: number;
  ends:
    | 'succeeds'
    /** It tells why. */
    | 'fails'
    /** Killed before it has told anything; whether it had copied by then is up to chance. */
    | 'killedBeforeCopy'
    | 'killedAfterCopy'
    /** Its result could not be written; the exit code tells. */
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
  return async ({ environment, taskRoleArn = '' }) => {
    const token = environment.WORK_ID ?? '';
    const document = documentOf(taskRoleArn);
    const work = await readWork(document, world.table, token);
    const taskKey = taskKeyOf(work);
    const source = world.sources.of(taskKey);
    const found = source.head;
    const startedAtMs = world.cloud().clock.nowMs();
    const { ends, durationMs } = world.behave();
    const tell = (status: 'succeeded' | 'failed', message: string) =>
      writeResult(document, world.table, token, { status, message });
    const copy = () => {
      source.mirrored = Math.max(source.mirrored, found);
      world.onCopied({ taskKey, token, startedAtMs });
    };
    if (ends === 'hangs') return { durationMs: FOREVER_MS, exitCode: EXIT.killed };
    if (durationMs > work.timeLimitSeconds * 1_000) {
      const effect = () => tell('failed', 'the time limit is over');
      return { durationMs: work.timeLimitSeconds * 1_000, exitCode: EXIT.timeLimitOver, effect };
    }
    switch (ends) {
      case 'succeeds':
        return {
          durationMs,
          exitCode: EXIT.succeeded,
          async effect() {
            copy();
            await tell('succeeded', 'copied');
          },
        };
      case 'succeedsMute':
        return { durationMs, exitCode: EXIT.succeeded, effect: copy };
      case 'fails':
        return { durationMs, exitCode: EXIT.failed, effect: () => tell('failed', 'the source was away') };
      case 'killedAfterCopy':
        return { durationMs, exitCode: EXIT.killed, effect: copy };
      case 'killedBeforeCopy':
        return { durationMs, exitCode: EXIT.killed };
    }
  };
}
