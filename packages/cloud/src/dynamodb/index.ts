/**
 * DynamoDB in the simulated AWS: IAM in front, and behind it DynamoDB Local or the engine in memory.
 */
import type { CloudCore, CloudPart } from '../core.ts';
import type { Operation } from '../service.ts';
import { listDemands, type TableFacts } from './demands.ts';
import { type DynamoDbEngine, type DynamoDbMode, openEngine } from './engine.ts';
import { type PartitionLimits, Partitions, partitionLimits } from './partitions.ts';
import { createTableTypes } from './resources.ts';

export type { DynamoDbEngine, DynamoDbMode } from './engine.ts';
export { type DynamoDbLocal, DynamoDbLocalFailed, findJava, JavaMissing, startDynamoDbLocal } from './local.ts';

/** The DynamoDB part; `engine` says which of the two runs. */
export interface DynamoDbPart extends CloudPart {
  /** Starts the engine if it was not, and resolves when it is ready. Rejects with JavaMissing in mode `local` without Java. */
  engine(): Promise<Pick<DynamoDbEngine, 'kind' | 'reason'>>;
  /** Asks without an IAM check or a trace: for what looks at tables from outside the world (invariants, summaries). */
  ask(operation: string, input: Record<string, unknown>): Promise<unknown>;
  /** The same of the engine in memory, at once: for what watches every step. Throws for another engine, or before the first call. */
  askNow(operation: string, input: Record<string, unknown>): unknown;
  /** Calls that were refused since a partition key had had its share of the second. */
  readonly throttled: number;
}

export interface DynamoDbOptions {
  mode?: DynamoDbMode;
  /** What a partition key takes in a second; AWS's own limits, if not said. */
  limits?: PartitionLimits;
}

const OPERATIONS = [
  'CreateTable',
  'DescribeTable',
  'ListTables',
  'DeleteTable',
  'UpdateTimeToLive',
  'DescribeTimeToLive',
  'GetItem',
  'BatchGetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'Scan',
  'BatchWriteItem',
  'TransactWriteItems',
  'TransactGetItems',
] as const;

/** The engine starts at the first call, or when `engine` is asked for. */
export function createDynamoDbPart(
  core: CloudCore,
  { mode = 'auto', limits = partitionLimits }: DynamoDbOptions = {},
): DynamoDbPart {
  const hashNames = new Map<string, string>();
  const partitions = new Partitions(
    () => core.clock.nowMs(),
    (table) => hashNames.get(tableName(table)),
    limits,
  );
  let opened: Promise<DynamoDbEngine> | undefined;
  let engineNow: DynamoDbEngine | undefined;
  const open = () => {
    opened ??= openEngine({
      mode,
      nowMs: () => core.clock.nowMs(),
      tableArn: (name) => core.arn('dynamodb', `table/${name}`),
    }).then((engine) => {
      engineNow = engine;
      return engine;
    });
    return opened;
  };

  const ask = async (operation: string, input: Record<string, unknown>): Promise<unknown> => {
    const engine = await open();
    const name = tableName(String(input.TableName ?? ''));
    const output = await engine.ask(operation, input.TableName === undefined ? input : { ...input, TableName: name });
    if (operation === 'CreateTable') {
      const schema = input.KeySchema as { AttributeName: string; KeyType: string }[];
      hashNames.set(name, schema.find((element) => element.KeyType === 'HASH')?.AttributeName ?? '');
    }
    if (operation === 'DeleteTable') hashNames.delete(name);
    return output;
  };

  const facts: TableFacts = {
    arn: (nameOrArn) => core.arn('dynamodb', `table/${tableName(nameOrArn)}`),
    hashName: (nameOrArn) => hashNames.get(tableName(nameOrArn)),
  };
  const operations = Object.fromEntries(
    OPERATIONS.map((operation): [string, Operation] => [
      operation,
      async (input) => {
        partitions.admit(operation, input);
        const output = await ask(operation, input);
        partitions.count(operation, input, output);
        return output;
      },
    ]),
  );
  return {
    services: [
      {
        id: 'dynamodb',
        protocol: 'awsJson1.0',
        targetPrefix: 'DynamoDB_20120810',
        operations,
        authorize: (operation, input) => listDemands(operation, input, facts),
      },
    ],
    resourceTypes: createTableTypes(core, ask),
    ask,
    askNow(operation, input) {
      if (engineNow?.askNow === undefined) throw new Error('only the DynamoDB in memory answers at once');
      return engineNow.askNow(operation, input);
    },
    get throttled() {
      return partitions.throttled;
    },
    async engine() {
      const { kind, reason } = await open();
      return { kind, ...(reason === undefined ? {} : { reason }) };
    },
    async close() {
      const engine = await opened?.catch(() => undefined);
      await engine?.close();
    },
  };
}

/** AWS takes a table's ARN wherever it takes its name. */
function tableName(nameOrArn: string): string {
  return nameOrArn.replace(/^arn:[^/]*:table\//, '');
}
