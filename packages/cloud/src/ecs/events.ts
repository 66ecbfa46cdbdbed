/** What a task publishes at each change: the trace, and `ECS Task State Change` on the default bus (ECS Developer Guide, "Task state change events"). */
import type { CloudCore } from '../core.ts';
import { type Arrange, describeTask, type Task } from './task.ts';

/** @param pid of the local process, when it has just started. */
export function publishTask(core: CloudCore, task: Task, arrange: Arrange | undefined, pid?: number): void {
  const { startedBy, exitCode, stopCode, stoppedReason: reason } = task;
  const nowMs = core.clock.nowMs();
  core.trace({
    kind: 'task',
    atMs: nowMs,
    taskArn: task.arn,
    status: task.lastStatus,
    ...(startedBy === undefined ? {} : { startedBy }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(stopCode === undefined ? {} : { stopCode }),
    ...(reason === undefined ? {} : { reason }),
    ...(pid === undefined ? {} : { pid }),
  });
  const { tags: _tags, ...described } = describeTask(task, arrange);
  core.emitServiceEvent({
    source: 'aws.ecs',
    detailType: 'ECS Task State Change',
    resources: [task.arn],
    // Events carry times as text, and nothing that is not known yet.
    detail: JSON.parse(JSON.stringify({ ...described, updatedAt: new Date(nowMs) })),
  });
}
