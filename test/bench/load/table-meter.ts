/** Counts what the table is asked for, at the simulated AWS's front, from the calls that functions and tasks make. */
import {
  type CallFault,
  type Cloud,
  type FaultedCall,
  type Item,
  readUnits,
  sizeOfItem,
  writeUnits,
} from '@hourglass/cloud';

interface Action {
  Item?: Item;
  Key?: Item;
  ExpressionAttributeValues?: Item;
}

interface Answer {
  Item?: Item;
  Items?: Item[];
  Responses?: Record<string, Item[]>;
}

export interface Writes {
  /** Transactions that were carried out, each of which writes the lease, by service. */
  transactions: Record<string, number>;
  /** Transactions that lost against another and were tried again, or given up. */
  conflicts: Record<string, number>;
  /** Of everything: the lost transactions too, which AWS counts as it counts the others, and the tasks' results. */
  writeUnits: number;
}

/** Seconds in a row. */
const SPAN = 5;

export class TableMeter {
  readonly writes: Writes = { transactions: {}, conflicts: {}, writeUnits: 0 };
  readUnits = 0;
  /** Of these, by service and operation. */
  readonly reads: Record<string, number> = {};
  /** By attempt token: what the attempt is for, and who is in its batch. */
  readonly works = new Map<string, { taskKey: string; members: string[] }>();
  /** Identities of the requests that the lease has taken. */
  readonly accepted = new Set<string>();
  /** Milliseconds from the sending of each request until the lease has it, and to the claim that is to mirror it. */
  readonly acceptWaits: number[] = [];
  readonly waits: number[] = [];
  /** Of all that were written, in bytes. */
  largestItem = 0;
  /** Of one transaction. */
  mostActions = 0;
  /** Lease writes in the busiest second. */
  get leaseWritesPerSecond(): number {
    return Math.max(0, ...this.#seconds.values());
  }
  /** Requests that the lease took, by the second, in the five seconds in a row in which it took most. */
  get acceptedPerSecond(): number {
    const spans = [...this.#acceptedIn.keys()].map((from) =>
      Array.from({ length: SPAN }, (_, n) => this.#acceptedIn.get(from + n) ?? 0).reduce(
        (sum, count) => sum + count,
        0,
      ),
    );
    return spans.reduce((most, one) => Math.max(most, one), 0) / SPAN;
  }
  readonly #seconds = new Map<number, number>();
  readonly #acceptedIn = new Map<number, number>();
  /** Requests that were accepted and have no claim yet, by task key. */
  readonly #unclaimed = new Map<string, string[]>();
  readonly #sentAtMs: ReadonlyMap<string, number>;
  readonly #nowMs: () => number;
  /** In bytes, for the actions that name an item by its key only. */
  readonly #sizes = new Map<string, number>();

  /**
   * @param slowDown how long the calls take
   * @param sentAtMs when each request was sent, by its identity
   */
  constructor(
    cloud: Cloud,
    slowDown: (call: FaultedCall) => CallFault | undefined,
    sentAtMs: ReadonlyMap<string, number>,
  ) {
    this.#sentAtMs = sentAtMs;
    this.#nowMs = () => cloud.clock.nowMs();
    cloud.setFaults((call) => {
      if (call.service === 'dynamodb') this.#onAsked(call);
      return slowDown(call);
    });
    cloud.onCall((call, output) => {
      if (call.service !== 'dynamodb') return;
      if (call.operation === 'TransactWriteItems') this.#onWritten(call);
      else if (/^(Query|(Batch)?GetItem)$/.test(call.operation)) this.#onRead(call, unitsOfAnswer(output as Answer));
    });
  }

  #onRead({ operation, invoker }: FaultedCall, units: number): void {
    this.readUnits += units;
    const name = `${serviceOf(invoker)} ${operation}`;
    this.reads[name] = (this.reads[name] ?? 0) + units;
  }

  #onAsked({ operation, input, invoker }: FaultedCall): void {
    if (operation === 'TransactWriteItems') {
      this.#add('conflicts', invoker, 1);
      for (const action of actionsOf(input)) this.#count(action, true);
    } else if (/^(Put|Update|Delete)Item$/.test(operation)) this.#count(input as Action, false);
  }

  #count({ Item, Key = {}, ExpressionAttributeValues = {} }: Action, isTransactional: boolean): void {
    // An update counts by the larger of the item before and after it; that is at most all that it had and is given.
    const bytes = Item ? sizeOfItem(Item) : this.#sizeBefore(Key) + sizeOfItem(ExpressionAttributeValues);
    this.writes.writeUnits += writeUnits(bytes, isTransactional);
  }

  #add(kind: 'transactions' | 'conflicts', invoker: FaultedCall['invoker'], by: number): void {
    const service = serviceOf(invoker);
    this.writes[kind][service] = (this.writes[kind][service] ?? 0) + by;
  }

  #sizeBefore(key: Item): number {
    return this.#sizes.get(nameOf(key)) ?? sizeOfItem(key);
  }

  #onWritten({ input, invoker }: FaultedCall): void {
    this.#add('conflicts', invoker, -1);
    this.#add('transactions', invoker, 1);
    countIn(this.#seconds, this.#second());
    const actions = actionsOf(input);
    this.mostActions = Math.max(this.mostActions, actions.length);
    for (const { Item } of actions) {
      if (!Item) continue;
      const bytes = sizeOfItem(Item);
      this.largestItem = Math.max(this.largestItem, bytes);
      this.#sizes.set(nameOf(Item), bytes);
      const [kind = '', ...rest] = (Item.pk?.S ?? '').split('#');
      if (kind === 'request') this.#onAccepted(`${Item.sk?.S}#${rest.slice(1).join('#')}`, Item.sk?.S ?? '');
      const members = (Item.members?.L ?? []).map(({ S = '' }) => S);
      if (kind === 'work') this.#onClaimed(Item.taskKey?.S ?? '');
      if (kind === 'work') this.works.set(rest.join('#'), { taskKey: Item.taskKey?.S ?? '', members });
    }
  }

  #onAccepted(identity: string, taskKey: string): void {
    this.accepted.add(identity);
    countIn(this.#acceptedIn, this.#second());
    const sentAtMs = this.#sentAtMs.get(identity);
    if (sentAtMs !== undefined) this.acceptWaits.push(this.#nowMs() - sentAtMs);
    const waiting = this.#unclaimed.get(taskKey) ?? [];
    waiting.push(identity);
    this.#unclaimed.set(taskKey, waiting);
  }

  #second(): number {
    return Math.floor(this.#nowMs() / 1_000);
  }

  #onClaimed(taskKey: string): void {
    for (const identity of this.#unclaimed.get(taskKey) ?? []) {
      const sentAtMs = this.#sentAtMs.get(identity);
      if (sentAtMs !== undefined) this.waits.push(this.#nowMs() - sentAtMs);
    }
    this.#unclaimed.delete(taskKey);
  }
}

function countIn(counts: Map<number, number>, second: number): void {
  counts.set(second, (counts.get(second) ?? 0) + 1);
}

function serviceOf(invoker: FaultedCall['invoker']): string {
  return invoker?.functionName.split('-').at(-1) ?? 'others';
}

function actionsOf(input: Readonly<Record<string, unknown>>): Action[] {
  return (input.TransactItems as Record<string, Action>[]).flatMap((entry) => Object.values(entry));
}

/** A query counts all that it finds as one, other reads each item. */
function unitsOfAnswer({ Item, Items, Responses }: Answer): number {
  if (Items) return readUnits(Items.reduce((sum, item) => sum + sizeOfItem(item), 0));
  const found = Responses ? Object.values(Responses).flat() : [Item ?? {}];
  return found.reduce((sum, item) => sum + readUnits(sizeOfItem(item)), 0);
}

function nameOf(key: Item): string {
  return `${key.pk?.S}|${key.sk?.S}`;
}
