/**
 * Watches a simulated world from outside and checks the invariants of ARCHITECTURE.md after every step: after every call that was carried out, and
 * after every change of a stack, an endpoint, a task or a schedule. It reads what AWS has (stacks, endpoints, tasks, schedules, queues) and the
 * lease's items in the table, and uses nothing of the lease's own code.
 */
import type { Cloud, FaultedCall, Trace } from '@hourglass/cloud';
import { DIRECT_LEASE_ID, LEASE_ID, TABLE } from '../names.ts';
import type { Sources } from '../sources.ts';
import { Bills } from './bills.ts';
import { LeaseRecord } from './lease-record.ts';
import { readLease, type Seen } from './lease-table.ts';
import { OnTheWay } from './on-the-way.ts';
import { Packs } from './packs.ts';
import { Redrives } from './redrives.ts';
import { Requests } from './requests.ts';
import { StacksAndTasks } from './stacks-and-tasks.ts';
import type { Report, Violation } from './violation.ts';

/** What a handler throws for a bug of its own, whatever AWS does to it. */
const BUGS = ['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'ZodError', 'PermanentError'];

export class Observer {
  readonly violations: Violation[] = [];
  /** How often everything was checked. */
  steps = 0;
  /** Tasks that ECS took. */
  get tasks(): number {
    return this.#stacksAndTasks.tasksTaken;
  }
  readonly #cloud: Cloud;
  readonly #leaseRecord: LeaseRecord;
  readonly #directRecord: LeaseRecord;
  readonly #stacksAndTasks: StacksAndTasks;
  readonly #requests: Requests;
  readonly #onTheWay: OnTheWay;
  readonly #redrives: Redrives;
  readonly #packs: Packs;
  readonly #bills: Bills;
  #seen: Seen;
  /** Of the direct carrier's lease; empty where there is none. */
  #seenDirect: Seen;

  constructor(cloud: Cloud, sources: Sources) {
    this.#cloud = cloud;
    const report: Report = (invariant, message) => {
      this.violations.push({ invariant, atMs: cloud.clock.nowMs(), message });
    };
    this.#leaseRecord = new LeaseRecord(cloud, LEASE_ID, report);
    this.#directRecord = new LeaseRecord(cloud, DIRECT_LEASE_ID, report);
    this.#stacksAndTasks = new StacksAndTasks(cloud, report);
    this.#requests = new Requests(cloud, sources, report);
    this.#onTheWay = new OnTheWay(cloud, (identity) => this.#requests.isAccepted(identity), report);
    this.#redrives = new Redrives(cloud, report);
    this.#packs = new Packs(cloud, report);
    this.#bills = new Bills(cloud, report);
    this.#seen = readLease(cloud, TABLE, LEASE_ID);
    this.#seenDirect = readLease(cloud, TABLE, DIRECT_LEASE_ID);
    cloud.onCall((call, output) => this.#onCall(call, output));
    cloud.onTrace((trace) => this.#onTrace(trace, report));
  }

  /** Reported by the tasks themselves. */
  copied(run: { taskKey: string; token: string; startedAtMs: number }): void {
    this.#requests.copied(run);
  }

  /** Reported by CodeCommit's git: it was sent a pack that is broken. */
  brokenPack(repository: string, why: string): void {
    this.#packs.onBroken(repository, why);
  }

  /** Requests that the lease has taken. */
  get accepted(): number {
    return this.#requests.accepted;
  }

  /** Requests that the direct carrier has left to a task. */
  get handedOver(): number {
    return this.#requests.handedOver;
  }

  /** What is not at rest, in words. */
  owed(): string[] {
    const seen = readLease(this.#cloud, TABLE, LEASE_ID);
    return [
      ...this.#leaseRecord.owed(seen),
      ...this.#directRecord.owed(readLease(this.#cloud, TABLE, DIRECT_LEASE_ID)),
      ...this.#stacksAndTasks.owed(),
      ...this.#requests.owed(),
    ];
  }

  /** What must hold once faults are over and time has passed. */
  checkSettled(): void {
    for (const what of this.owed()) {
      this.violations.push({ invariant: 5, atMs: this.#cloud.clock.nowMs(), message: `Never came to rest: ${what}` });
    }
    this.#requests.checkSettled();
    this.#bills.checkSettled();
  }

  #onCall(call: FaultedCall, output: unknown): void {
    this.steps += 1;
    const by = call.principal.arn;
    if (call.service === 'dynamodb' && /^(TransactWrite|Put|Update|Delete)/.test(call.operation)) {
      const [before, beforeDirect] = [this.#seen, this.#seenDirect];
      this.#seen = readLease(this.#cloud, TABLE, LEASE_ID);
      this.#seenDirect = readLease(this.#cloud, TABLE, DIRECT_LEASE_ID);
      this.#stacksAndTasks.onWrite(call);
      this.#requests.onWrite(call, both(before, beforeDirect), both(this.#seen, this.#seenDirect));
      this.#leaseRecord.check(before, this.#seen, by);
      this.#directRecord.check(beforeDirect, this.#seenDirect, by);
      this.#requests.check(both(this.#seen, this.#seenDirect));
    }
    if (call.service === 'scheduler') {
      this.#leaseRecord.check(this.#seen, this.#seen, by);
      this.#directRecord.check(this.#seenDirect, this.#seenDirect, by);
    }
    if (call.service === 'sqs') this.#requests.onQueueCall(call, both(this.#seen, this.#seenDirect));
    this.#redrives.onCall(call);
    this.#packs.onCall(call);
    this.#stacksAndTasks.onCall(call, output);
    this.#stacksAndTasks.check(this.#seen);
  }

  #onTrace(trace: Trace, report: Report): void {
    this.#stacksAndTasks.onTrace(trace);
    this.#onTheWay.onTrace(trace);
    this.#leaseRecord.onTrace(trace);
    this.#directRecord.onTrace(trace);
    this.#requests.onTrace(trace);
    // What an organisation or a key denies is no fault of the deployment's own policies.
    const isDenied = trace.kind === 'api' && /^AccessDenied/.test(trace.outcome);
    if (isDenied && !/(service|resource) control policy|no resource-based policy allows/.test(trace.message ?? '')) {
      report('denied', `${trace.operation} was denied: ${trace.message}`);
    }
    if (trace.kind === 'invocation-end' && trace.error && BUGS.includes(trace.error.errorType)) {
      report('crash', `${trace.functionName}: ${trace.error.errorType}: ${trace.error.errorMessage}`);
    }
    if (trace.kind === 'stack' || trace.kind === 'task' || trace.kind === 'endpoint') {
      this.steps += 1;
      this.#stacksAndTasks.onChange(trace, this.#seen);
      this.#stacksAndTasks.check(this.#seen);
    }
  }
}

function both(seen: Seen, direct: Seen): Pick<Seen, 'items'> {
  return { items: [...seen.items, ...direct.items] };
}
