/**
 * The life of a task on the clock: PROVISIONING → PENDING → RUNNING → DEPROVISIONING → STOPPED, an `ECS Task State Change` event at each
 * step. While a real process runs, the clock is held: virtual time then passes as the process lives it.
 */
import type { CloudCore } from '../core.ts';
import { publishTask } from './events.ts';
import type { LifecycleOptions } from './lifecycle-options.ts';
import { type RunningProcess, startProcess } from './process-runner.ts';
import { findStartFailure } from './start-check.ts';
import { commandOf, environmentOf, type LastStatus, logTargetOf, type StopCode, type Task } from './task.ts';

const ESSENTIAL_EXITED = 'Essential container in task exited';
/** All that ECS says of some tasks: https://github.com/treasure-data/digdag/pull/1642 */
const VAGUE_START = 'Task failed to start';
const TERMINATED_EXIT_CODE = 143;

export class Lifecycle {
  readonly #core: CloudCore;
  readonly #options: LifecycleOptions;
  readonly #processes = new Set<RunningProcess>();
  #closed = false;

  constructor(core: CloudCore, options: LifecycleOptions) {
    this.#core = core;
    this.#options = options;
  }

  begin(task: Task): void {
    this.#publish(task);
    const { startMs } = this.#options.timings;
    this.#schedule(task, task.createdAtMs + startMs / 4, () => this.#move(task, 'PENDING'));
    this.#schedule(task, task.createdAtMs + startMs, () => this.#start(task));
  }

  /** StopTask: SIGTERM, and SIGKILL after the container's stop timeout. */
  stop(task: Task, reason: string): void {
    if (task.desiredStatus === 'STOPPED') return;
    task.desiredStatus = 'STOPPED';
    task.stopCode = 'UserInitiated';
    task.stoppedReason = reason;
    task.stoppingAtMs = this.#core.clock.nowMs();
    task.version += 1;
    this.#publish(task);
    const signalMs = this.#options.fates.stopSignalMs?.() ?? 0;
    if (task.end !== undefined && signalMs > 0) {
      const atMs = this.#core.clock.nowMs() + signalMs;
      this.#core.clock.schedule(atMs, `task ${task.id} is asked to stop`, () => task.end?.());
    } else if (task.end !== undefined) task.end();
    else if (task.startedAtMs === undefined) this.#finish(task, 'UserInitiated', reason, undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const processes = [...this.#processes];
    for (const running of processes) running.signal('SIGKILL');
    await Promise.all(processes.map((running) => running.exited));
  }

  async #start(task: Task): Promise<void> {
    const failure = await this.#findStartFailure(task);
    if (task.desiredStatus === 'STOPPED') return;
    if (failure !== undefined) {
      const failsAtMs = task.createdAtMs + Math.max(this.#options.timings.startMs, this.#options.timings.failedStartMs);
      this.#schedule(task, failsAtMs, () => {
        if (this.#options.fates.vagueStart) task.containerReason = failure;
        const said = this.#options.fates.vagueStart ? VAGUE_START : failure;
        this.#finish(task, 'TaskFailedToStart', said, undefined);
      });
      return;
    }
    if (this.#options.taskRunner !== undefined) await this.#runVirtual(task, this.#options.taskRunner);
    else await this.#runProcess(task);
  }

  async #findStartFailure(task: Task): Promise<string | undefined> {
    for (const roleArn of [task.executionRoleArn, task.taskRoleArn]) {
      if (roleArn === undefined) continue;
      try {
        this.#core.assumeRole(roleArn, 'ecs-tasks.amazonaws.com', { sessionName: task.id, sourceArn: task.arn });
      } catch {
        return `ECS was unable to assume the role '${roleArn}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`;
      }
    }
    if (this.#options.taskCommand === undefined && this.#options.taskRunner === undefined) {
      return 'CannotStartContainerError: this simulated AWS was given no command to run a container by';
    }
    const decision = this.#options.decideStart(task);
    if (decision === 'start') return undefined;
    return decision === 'check' ? findStartFailure(this.#core, task) : decision.failure;
  }

  async #runVirtual(task: Task, run: NonNullable<LifecycleOptions['taskRunner']>): Promise<void> {
    const { arn: taskArn, startedBy, taskRoleArn } = task;
    const { durationMs, exitCode, effect } = await run({
      taskArn,
      startedBy,
      taskRoleArn,
      environment: environmentOf(task),
    });
    if (task.desiredStatus === 'STOPPED') return;
    const { clock } = this.#core;
    const timer = clock.schedule(clock.nowMs() + durationMs, `task ${task.id} ends`, async () => {
      await effect?.();
      this.#exit(task, exitCode);
    });
    task.end = () => {
      clock.cancel(timer);
      this.#exit(task, TERMINATED_EXIT_CODE);
    };
    this.#running(task, undefined);
  }

  async #runProcess(task: Task): Promise<void> {
    const { taskCommand = [] } = this.#options;
    const environment = await this.#processEnvironment(task);
    if (this.#closed || task.desiredStatus === 'STOPPED') return;
    const { clock, log } = { clock: this.#core.clock, log: logTargetOf(task) };
    const release = clock.hold(`task ${task.id}`);
    const running = startProcess({
      argv: [...taskCommand, ...commandOf(task)],
      environment,
      onLine: (line) => this.#core.log(log.logGroup, log.stream, line),
    });
    this.#processes.add(running);
    task.end = () => {
      running.signal('SIGTERM');
      const killAtMs = clock.nowMs() + task.definition.container.stopTimeoutMs;
      clock.schedule(killAtMs, `task ${task.id} killed`, () => {
        if (this.#processes.has(running)) running.signal('SIGKILL');
      });
    };
    this.#running(task, running.pid);
    // Not awaited: the process lives on while the clock's timer that started it is done.
    void running.exited.then((exitCode) =>
      clock.run(() => {
        this.#processes.delete(running);
        if (!this.#closed) this.#exit(task, exitCode);
        release();
      }),
    );
  }

  async #processEnvironment(task: Task): Promise<Record<string, string>> {
    const core = this.#core;
    const keys = task.taskRoleArn === undefined ? undefined : core.credentialsFor(task.taskRoleArn, task.id);
    return {
      ...this.#options.taskEnvironment,
      ...environmentOf(task),
      AWS_REGION: core.region,
      AWS_DEFAULT_REGION: core.region,
      AWS_ENDPOINT_URL: await core.endpointUrl(),
      // Without a role of its own a task has no credentials at all, not those of whoever runs this world.
      AWS_EC2_METADATA_DISABLED: 'true',
      ...(keys === undefined
        ? {}
        : {
            AWS_ACCESS_KEY_ID: keys.accessKeyId,
            AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
            AWS_SESSION_TOKEN: keys.sessionToken,
          }),
    };
  }

  #running(task: Task, pid: number | undefined): void {
    task.startedAtMs = this.#core.clock.nowMs();
    this.#move(task, 'RUNNING', pid);
  }

  /** The container has ended. */
  #exit(task: Task, exitCode: number): void {
    task.end = undefined;
    if (task.desiredStatus === 'STOPPED') {
      this.#finish(task, task.stopCode ?? 'UserInitiated', task.stoppedReason ?? '', exitCode);
    } else this.#finish(task, 'EssentialContainerExited', ESSENTIAL_EXITED, exitCode);
  }

  #finish(task: Task, stopCode: StopCode, reason: string, exitCode: number | undefined): void {
    const { clock } = this.#core;
    task.desiredStatus = 'STOPPED';
    task.stopCode = stopCode;
    task.stoppedReason = reason;
    task.stoppingAtMs ??= clock.nowMs();
    task.endedAtMs = clock.nowMs();
    task.exitCode = exitCode;
    this.#move(task, 'DEPROVISIONING');
    clock.schedule(
      clock.nowMs() + (this.#options.fates.stopMs?.() ?? this.#options.timings.stopMs),
      `task ${task.id} stopped`,
      () => {
        task.stoppedAtMs = clock.nowMs();
        this.#move(task, 'STOPPED');
      },
    );
  }

  #move(task: Task, status: LastStatus, pid?: number): void {
    task.lastStatus = status;
    task.version += 1;
    this.#publish(task, pid);
  }

  #publish(task: Task, pid?: number): void {
    publishTask(this.#core, task, this.#options.fates.arrange, pid);
  }

  /** Runs `next` unless the task was stopped meanwhile. */
  #schedule(task: Task, atMs: number, next: () => void | Promise<void>): void {
    this.#core.clock.schedule(atMs, `task ${task.id} (${task.lastStatus})`, () => {
      if (task.desiredStatus === 'RUNNING' && !this.#closed) return next();
    });
  }
}
