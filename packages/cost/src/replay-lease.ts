/**
 * Hourglass over a trace: the very functions that the services run, `decide`, `nextTimer` and `claimableItems` of @hourglass/lease, in a
 * world in which a creation, a deletion and each task take the time they are said to take, and no event is late or lost.
 */
import {
  type Command,
  claimableItems,
  decide,
  defaultSettings,
  type LeaseSettings,
  type LeaseState,
  newLease,
  nextTimer,
  type Request,
  type StackObservation,
  type TaskItem,
} from '@hourglass/lease';
import { createEventQueue } from './event-queue.ts';
import { type Outcome, startByMs, type Workload } from './workload.ts';

export type ReplaySettings = Pick<LeaseSettings, 'billingClock' | 'teardownLeadMs' | 'learnsLead'> &
  Partial<Pick<LeaseSettings, 'patienceMs'>> & {
    /** Whether the lease forgets after each write what it has measured, and so goes by its settings for ever. */
    readonly forgets?: boolean;
  };

type WorldEvent = { type: 'created' | 'deleted'; fence: number } | { type: 'finished'; taskKey: string; token: string };

export function replayLease(workload: Workload, policy: ReplaySettings): Outcome {
  const world = new ReplayedWorld(workload, policy);
  world.run();
  return { spans: world.spans, startsMs: world.startsMs, deletedUnderTask: world.deletedUnderTask };
}

class ReplayedWorld {
  readonly spans: Outcome['spans'] = [];
  readonly startsMs: number[];
  deletedUnderTask = 0;
  private state: LeaseState = { lease: newLease('replay'), items: new Map(), seen: new Set(), complete: true };
  private readonly settings: LeaseSettings;
  private readonly forgets: boolean;
  private readonly workload: Workload;
  private readonly events = createEventQueue<WorldEvent>();
  private nowMs = 0;

  constructor(workload: Workload, { forgets = false, ...policy }: ReplaySettings) {
    this.workload = workload;
    this.forgets = forgets;
    this.startsMs = new Array(workload.arrivalsMs.length).fill(0);
    // The accounting model knows neither a limit of parallel tasks nor one of a task's time.
    const unlimited = { maxParallelTasks: Number.MAX_SAFE_INTEGER, taskTimeLimitMs: 1e15 };
    this.settings = { ...defaultSettings, ...unlimited, createMs: workload.createMs, ...policy };
  }

  run(): void {
    const { arrivalsMs } = this.workload;
    for (let next = 0; ; ) {
      const arrivalMs = arrivalsMs[next] ?? Number.POSITIVE_INFINITY;
      const timerMs = this.state.lease.timer?.atMs ?? Number.POSITIVE_INFINITY;
      const eventMs = this.events.nextAtMs();
      this.nowMs = Math.min(arrivalMs, timerMs, eventMs);
      if (this.nowMs === Number.POSITIVE_INFINITY) return;
      if (eventMs === this.nowMs) this.happen(this.events.take());
      else if (timerMs === this.nowMs) this.fire();
      else {
        const batch: Command[] = [];
        for (; arrivalsMs[next] === this.nowMs; next += 1) batch.push(this.requestOf(next));
        this.step(batch);
      }
    }
  }

  private requestOf(index: number): Command {
    // Each push is a task of its own: the model does not merge them.
    const task = { kind: 'command' as const, name: String(index) };
    const request: Request = {
      requestId: task.name,
      task,
      acceptedAtMs: this.nowMs,
      startByMs: startByMs(this.workload, index),
    };
    return { type: 'requestAccepted', request };
  }

  private happen(event: WorldEvent | undefined): void {
    if (!event) return;
    if (event.type === 'finished') {
      this.step([{ ...event, type: 'taskFinished', outcome: { status: 'succeeded' } }]);
      return;
    }
    const stack = this.stackOf(event.fence);
    if (event.type === 'created') this.step([{ type: 'stackCreated', ...stack }]);
    else this.step([{ type: 'stackDeleted', ...stack, deletedAtMs: this.nowMs }]);
  }

  private fire(): void {
    const { timer, phase, fence } = this.state.lease;
    if (!timer) return;
    const seen: Command[] = [];
    if (timer.owner === 'runner') {
      for (const { taskKey, claim } of this.state.items.values()) {
        if (claim) seen.push({ type: 'taskSeen', taskKey, token: claim.token });
      }
    }
    const status = phase === 'opening' ? 'creating' : phase === 'closing' ? 'deleting' : null;
    const stack = status && ({ ...this.stackOf(fence), status, deletedAtMs: null } satisfies StackObservation);
    this.step([...seen, { type: 'timerFired', timerId: timer.id, ...(stack && { stack }) }]);
  }

  private stackOf(fence: number): { fence: number; stackId: string; createdAtMs: number } {
    return { fence, stackId: `stack-${fence}`, createdAtMs: this.spans.at(-1)?.openedAtMs ?? this.nowMs };
  }

  /** One step of a service, then whatever the new state owes at once. */
  private step(commands: Command[]): void {
    this.write(commands);
    const claimed = claimableItems(this.state, this.nowMs, this.settings);
    if (claimed.length > 0) this.write(claimed.flatMap((item) => this.start(item)));
    this.arm();
  }

  private write(commands: Command[]): void {
    const { state, facts } = decide(this.state, commands, this.nowMs, this.settings);
    // As after each load: only the requests of this very step can have been seen before.
    this.state = state.seen.size > 0 ? { ...state, seen: new Set() } : state;
    if (this.forgets) {
      this.state = { ...this.state, lease: { ...this.state.lease, deletion: null, taskRun: null, followUps: 0 } };
    }
    for (const fact of facts) {
      if (fact.type === 'leaseOpening') this.create(fact.fence);
      else if (fact.type === 'leaseClosing') this.delete(fact.fence);
    }
  }

  private create(fence: number): void {
    this.spans.push({ openedAtMs: this.nowMs, closedAtMs: this.nowMs });
    this.events.add(this.nowMs + this.workload.createMs, { type: 'created', fence });
    this.write([{ type: 'creationAsked', fence }]);
  }

  private delete(fence: number): void {
    const span = this.spans.at(-1);
    if (!span) return;
    this.deletedUnderTask += this.state.lease.running;
    span.closedAtMs = this.nowMs + this.workload.deleteMs;
    this.events.add(span.closedAtMs, { type: 'deleted', fence });
  }

  private start(item: TaskItem): Command[] {
    const { taskKey, request } = item;
    const index = Number(request.requestId);
    const token = `${this.state.lease.version}-${index}`;
    this.startsMs[index] = this.nowMs;
    this.events.add(this.nowMs + (this.workload.durationsMs[index] ?? 0), { type: 'finished', taskKey, token });
    const work = { kind: 'command' as const, name: '', argv: [], timeLimitSeconds: 0 };
    return [
      { type: 'taskClaimed', taskKey, token, parameters: null, work },
      { type: 'taskStarted', taskKey, token, taskArn: token },
    ];
  }

  private arm(): void {
    const timer = nextTimer(this.state, this.nowMs, this.settings);
    const { lease } = this.state;
    this.state = { ...this.state, lease: { ...lease, timer, version: lease.version + 1 } };
  }
}
