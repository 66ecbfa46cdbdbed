/**
 * What one partition key takes in a second: 1,000 write units and 3,000 read units. Beyond that DynamoDB refuses, whatever the table has.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 *
 * DynamoDB may split the items of one key over partitions when they stay hot; here they never are, which is the worst that can happen.
 */
import { AwsError } from '../errors.ts';
import { type Item, readUnits, sizeOfItem, writeUnits } from './units.ts';

export interface PartitionLimits {
  readonly writeUnits: number;
  readonly readUnits: number;
}

export const partitionLimits: PartitionLimits = { writeUnits: 1_000, readUnits: 3_000 };

interface Action {
  TableName?: string;
  Item?: Item;
  Key?: Item;
  ExpressionAttributeValues?: Item;
}

const MESSAGE =
  'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.';

export class Partitions {
  readonly #nowMs: () => number;
  readonly #hashName: (table: string) => string | undefined;
  readonly #limits: PartitionLimits;
  /** Of the second that is. */
  readonly #used = new Map<string, number>();
  #second = 0;
  /** Calls that were refused. */
  throttled = 0;

  constructor(nowMs: () => number, hashName: (table: string) => string | undefined, limits: PartitionLimits) {
    this.#nowMs = nowMs;
    this.#hashName = hashName;
    this.#limits = limits;
  }

  /** Throws as DynamoDB does if a key of this call has had its share of this second; a call that is let through has used its own. */
  admit(operation: string, input: Record<string, unknown>): void {
    this.#turnSecond();
    const isTransaction = operation === 'TransactWriteItems';
    if (isTransaction || /^(Put|Update|Delete)Item$/.test(operation)) {
      const actions = isTransaction ? actionsOf(input) : [input as Action];
      this.#take(
        actions.map((action) => ({ name: this.#nameOf('write', action), units: unitsOf(action, isTransaction) })),
        this.#limits.writeUnits,
        isTransaction,
      );
    } else if (operation === 'GetItem' || operation === 'Query') {
      this.#take([{ name: this.#nameOf('read', input as Action), units: 0 }], this.#limits.readUnits, false);
    }
  }

  /** What a read came to is known by its answer. */
  count(operation: string, input: Record<string, unknown>, output: unknown): void {
    if (operation !== 'GetItem' && operation !== 'Query') return;
    const { Item: item, Items: items } = output as { Item?: Item; Items?: Item[] };
    const bytes = items ? items.reduce((sum, one) => sum + sizeOfItem(one), 0) : sizeOfItem(item ?? {});
    const name = this.#nameOf('read', input as Action);
    this.#used.set(name, (this.#used.get(name) ?? 0) + readUnits(bytes));
  }

  #take(wanted: { name: string; units: number }[], limit: number, isTransaction: boolean): void {
    const sums = new Map<string, number>();
    for (const { name, units } of wanted) sums.set(name, (sums.get(name) ?? 0) + units);
    const isFull = (name: string) => {
      const used = this.#used.get(name) ?? 0;
      // What is more than a second's share by itself is let through when nothing else was.
      return used > 0 && used + (sums.get(name) ?? 0) > limit;
    };
    if ([...sums.keys()].some(isFull)) {
      this.throttled += 1;
      if (!isTransaction) throw new AwsError('ThrottlingException', MESSAGE);
      const reasons = wanted.map(({ name }) =>
        isFull(name) ? { Code: 'ThrottlingError', Message: MESSAGE } : { Code: 'None' },
      );
      const codes = reasons.map(({ Code }) => Code).join(', ');
      throw new AwsError(
        'TransactionCanceledException',
        `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
        { members: { CancellationReasons: reasons } },
      );
    }
    for (const [name, units] of sums) this.#used.set(name, (this.#used.get(name) ?? 0) + units);
  }

  #turnSecond(): void {
    const second = Math.floor(this.#nowMs() / 1_000);
    if (second === this.#second) return;
    this.#second = second;
    this.#used.clear();
  }

  #nameOf(kind: 'write' | 'read', action: Action): string {
    const hashName = this.#hashName(action.TableName ?? '') ?? 'pk';
    const key = (action.Item ?? action.Key)?.[hashName] ?? action.ExpressionAttributeValues?.[':pk'];
    return `${kind} ${action.TableName} ${JSON.stringify(key)}`;
  }
}

function actionsOf(input: Record<string, unknown>): Action[] {
  return ((input.TransactItems ?? []) as Record<string, Action>[]).flatMap((entry) => Object.values(entry));
}

/** Of an action that names its item by the key only, what it brings; the item before it is not asked for. */
function unitsOf({ Item: item, Key = {}, ExpressionAttributeValues = {} }: Action, isTransaction: boolean): number {
  return writeUnits(sizeOfItem(item ?? { ...Key, ...ExpressionAttributeValues }), isTransaction);
}
