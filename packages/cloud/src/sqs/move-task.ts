/**
 * Message move tasks: they carry a dead-letter queue's messages back, as new messages with a new id and a new age.
 * Source: SQS API reference, StartMessageMoveTask.
 */

import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { Queue } from './queue.ts';

interface MoveTask {
  readonly handle: string;
  readonly source: Queue;
  readonly destinationArn: string | undefined;
  readonly perSecond: number;
  readonly startedMs: number;
  readonly toMove: number;
  moved: number;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  failureReason: string | undefined;
}

/** How fast SQS moves where the caller names no rate: its documented ceiling. */
const maxPerSecond = 500;

export class MoveTasks {
  readonly #core: CloudCore;
  readonly #queueOf: (arn: string) => Queue | undefined;
  readonly #tasks: MoveTask[] = [];

  constructor(core: CloudCore, queueOf: (arn: string) => Queue | undefined) {
    this.#core = core;
    this.#queueOf = queueOf;
  }

  /** Throws UnsupportedOperation while another task moves from the same queue. */
  start(source: Queue, destinationArn: string | undefined, perSecond = maxPerSecond): { TaskHandle: string } {
    if (this.#tasks.some((task) => task.source === source && task.status === 'RUNNING')) {
      throw new AwsError(
        'UnsupportedOperation',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
        { queryCode: 'AWS.SimpleQueueService.UnsupportedOperation' },
      );
    }
    const task: MoveTask = {
      handle: Buffer.from(JSON.stringify({ taskId: this.#core.newUuid(), sourceArn: source.arn })).toString('base64'),
      source,
      destinationArn,
      perSecond,
      startedMs: this.#core.clock.nowMs(),
      toMove: source.counts().available,
      moved: 0,
      status: 'RUNNING',
      failureReason: undefined,
    };
    this.#tasks.unshift(task);
    this.#continueSoon(task);
    return { TaskHandle: task.handle };
  }

  list(source: Queue, max: number): { Results: Record<string, unknown>[] } {
    const own = this.#tasks.filter((task) => task.source === source).slice(0, max);
    return {
      Results: own.map((task) => ({
        TaskHandle: task.status === 'RUNNING' ? task.handle : undefined,
        Status: task.status,
        SourceArn: source.arn,
        DestinationArn: task.destinationArn,
        MaxNumberOfMessagesPerSecond: task.perSecond === maxPerSecond ? undefined : task.perSecond,
        ApproximateNumberOfMessagesMoved: task.moved,
        ApproximateNumberOfMessagesToMove: task.toMove,
        FailureReason: task.failureReason,
        StartedTimestamp: task.startedMs,
      })),
    };
  }

  cancel(handle: string): { ApproximateNumberOfMessagesMoved: number } {
    const task = this.#tasks.find((entry) => entry.handle === handle && entry.status === 'RUNNING');
    if (task === undefined) {
      throw new AwsError('ResourceNotFoundException', 'Task does not exist.', { httpStatus: 404 });
    }
    task.status = 'CANCELLED';
    return { ApproximateNumberOfMessagesMoved: task.moved };
  }

  #continueSoon(task: MoveTask): void {
    const { clock } = this.#core;
    clock.schedule(clock.nowMs() + 1000, `sqs move from ${task.source.name}`, () => this.#moveSome(task));
  }

  #moveSome(task: MoveTask): void {
    for (let count = 0; count < task.perSecond && task.status === 'RUNNING'; count++) {
      const message = task.source.takeOldest();
      if (message === undefined) {
        task.status = 'COMPLETED';
        return;
      }
      const destination = this.#queueOf(task.destinationArn ?? message.deadFromArn ?? '');
      if (destination === undefined) {
        task.source.bury(message, message.deadFromArn ?? '');
        task.status = 'FAILED';
        task.failureReason = 'AWS.SimpleQueueService.NonExistentQueue';
        return;
      }
      const moved = destination.send({
        body: message.body,
        attributes: message.attributes,
        senderId: message.senderId,
      });
      task.moved += 1;
      this.#core.trace({
        kind: 'message-moved',
        atMs: this.#core.clock.nowMs(),
        queue: destination.name,
        messageId: moved.id,
        from: task.source.name,
      });
    }
    if (task.status === 'RUNNING') {
      this.#continueSoon(task);
    }
  }
}
