/** The table operations: create, describe, list, delete, time to live, tags. A table is ACTIVE at once. */
import { randomUUID } from 'node:crypto';
import { DynamoDbError, tableNotFound, validationError } from './errors.ts';
import { type Index, type KeySchema, Table } from './table.ts';

type Input = Record<string, unknown>;
type Wire = readonly Record<string, unknown>[];

/** The tables of one engine, by name. */
export class Tables {
  readonly #tables = new Map<string, Table>();
  readonly #nowMs: () => number;
  readonly #arn: (name: string) => string;

  constructor(nowMs: () => number, arn: (name: string) => string) {
    this.#nowMs = nowMs;
    this.#arn = arn;
  }

  /** By name or ARN. @throws ResourceNotFoundException */
  find(nameOrArn: unknown): Table {
    if (typeof nameOrArn !== 'string' || nameOrArn === '') throw missingTableName();
    const table = this.#tables.get(nameOrArn.replace(/^arn:[^/]*:table\//, ''));
    if (table === undefined) throw tableNotFound();
    return table;
  }

  create(input: Input): unknown {
    const name = input.TableName;
    if (typeof name !== 'string' || !/^[A-Za-z0-9_.-]{3,255}$/.test(name)) throw missingTableName();
    if (this.#tables.has(name)) throw new DynamoDbError('ResourceInUseException', `Table already exists: ${name}`);
    const types = new Map<string, string>();
    for (const attribute of asList(input.AttributeDefinitions)) {
      types.set(String(attribute.AttributeName), String(attribute.AttributeType));
    }
    const key = readKeySchema(input.KeySchema, types);
    const indexes = new Map<string, Index>();
    for (const [member, global] of [
      ['GlobalSecondaryIndexes', true],
      ['LocalSecondaryIndexes', false],
    ] as const) {
      for (const index of asList(input[member])) {
        indexes.set(String(index.IndexName), readIndex(index, key, types, global));
      }
    }
    const used = new Set([key, ...[...indexes.values()].map((index) => index.key)].flatMap((k) => [k.hash, k.range]));
    if ([...types.keys()].some((attribute) => !used.has(attribute))) {
      throw validationError(
        'One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
      );
    }
    const table = new Table({
      name,
      arn: this.#arn(name),
      id: randomUUID(),
      createdAtMs: this.#nowMs(),
      key,
      types,
      indexes,
      input,
    });
    this.#tables.set(name, table);
    return { TableDescription: describe(table, 'ACTIVE') };
  }

  describe(input: Input): unknown {
    return { Table: describe(this.#findNamed(input.TableName), 'ACTIVE') };
  }

  list(input: Input): unknown {
    const start = typeof input.ExclusiveStartTableName === 'string' ? input.ExclusiveStartTableName : '';
    const limit = typeof input.Limit === 'number' ? input.Limit : 100;
    const names = [...this.#tables.keys()].filter((name) => name > start).sort();
    const page = names.slice(0, limit);
    return { TableNames: page, ...(names.length > limit ? { LastEvaluatedTableName: page.at(-1) } : {}) };
  }

  delete(input: Input): unknown {
    const table = this.#findNamed(input.TableName);
    if (table.definition.input.DeletionProtectionEnabled === true) {
      throw validationError(
        `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`,
      );
    }
    this.#tables.delete(table.definition.name);
    return { TableDescription: describe(table, 'DELETING') };
  }

  updateTimeToLive(input: Input): unknown {
    const table = this.#findNamed(input.TableName);
    const wanted = input.TimeToLiveSpecification as { AttributeName: string; Enabled: boolean };
    const enabled = table.timeToLive?.Enabled === true;
    if (wanted.Enabled === enabled) {
      throw validationError(`TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`);
    }
    table.timeToLive = { AttributeName: wanted.AttributeName, Enabled: wanted.Enabled };
    return { TimeToLiveSpecification: table.timeToLive };
  }

  describeTimeToLive(input: Input): unknown {
    const { timeToLive } = this.#findNamed(input.TableName);
    const enabled = timeToLive?.Enabled === true;
    return {
      TimeToLiveDescription: {
        TimeToLiveStatus: enabled ? 'ENABLED' : 'DISABLED',
        ...(enabled ? { AttributeName: timeToLive?.AttributeName } : {}),
      },
    };
  }

  #findNamed(name: unknown): Table {
    try {
      return this.find(name);
    } catch (error) {
      if (!(error instanceof DynamoDbError) || error.code !== 'ResourceNotFoundException') throw error;
      throw new DynamoDbError(error.code, `Requested resource not found: Table: ${String(name)} not found`);
    }
  }
}

function describe(table: Table, status: string): Record<string, unknown> {
  const { name, arn, id, createdAtMs, input } = table.definition;
  const onDemand = input.BillingMode === 'PAY_PER_REQUEST';
  return {
    TableName: name,
    TableArn: arn,
    TableId: id,
    TableStatus: status,
    CreationDateTime: createdAtMs / 1000,
    AttributeDefinitions: input.AttributeDefinitions,
    KeySchema: input.KeySchema,
    ItemCount: table.itemCount,
    TableSizeBytes: 0,
    DeletionProtectionEnabled: input.DeletionProtectionEnabled === true,
    ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
    ...(onDemand ? { BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' } } : {}),
    ...describeIndexes('GlobalSecondaryIndexes', input, arn),
    ...describeIndexes('LocalSecondaryIndexes', input, arn),
  };
}

function describeIndexes(member: string, input: Readonly<Input>, arn: string): Record<string, unknown> {
  const indexes = asList(input[member]);
  if (indexes.length === 0) return {};
  return {
    [member]: indexes.map((index) => ({
      ...index,
      IndexArn: `${arn}/index/${String(index.IndexName)}`,
      ...(member === 'GlobalSecondaryIndexes' ? { IndexStatus: 'ACTIVE' } : {}),
    })),
  };
}

function readKeySchema(input: unknown, types: ReadonlyMap<string, string>): KeySchema {
  const elements = asList(input);
  const hash = elements.find((element) => element.KeyType === 'HASH')?.AttributeName;
  const range = elements.find((element) => element.KeyType === 'RANGE')?.AttributeName;
  if (typeof hash !== 'string')
    throw validationError('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  for (const name of [hash, range]) {
    if (name === undefined || types.has(String(name))) continue;
    throw validationError(
      `One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [${String(name)}], AttributeDefinitions: [${[...types.keys()].join(', ')}]`,
    );
  }
  return { hash, range: range === undefined ? undefined : String(range) };
}

function readIndex(
  index: Record<string, unknown>,
  base: KeySchema,
  types: ReadonlyMap<string, string>,
  global: boolean,
): Index {
  const key = readKeySchema(index.KeySchema, types);
  const projection = (index.Projection ?? {}) as { ProjectionType?: string; NonKeyAttributes?: string[] };
  const keys = [key.hash, key.range, base.hash, base.range].filter((name) => name !== undefined);
  const projected =
    projection.ProjectionType === 'KEYS_ONLY' || projection.ProjectionType === 'INCLUDE'
      ? new Set([...keys, ...(projection.NonKeyAttributes ?? [])])
      : undefined;
  return { name: String(index.IndexName), key, projected, global };
}

function asList(input: unknown): Wire {
  return Array.isArray(input) ? input : [];
}

function missingTableName(): DynamoDbError {
  return validationError(
    'The parameter "TableName" is required but was not present in the request, or has an invalid name: 3 to 255 characters of a-z, A-Z, 0-9, _, - and . are allowed',
  );
}
