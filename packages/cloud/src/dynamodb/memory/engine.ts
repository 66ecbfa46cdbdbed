/**
 * An in-memory DynamoDB. It answers the operations below in the JSON shapes of the awsJson1.0 wire, for machines without Java.
 * Reads are always consistent, a table is active at once, time to live deletes nothing (AWS may take days, and code that
 * trusts it is wrong). Legacy conditions, PartiQL, streams and consumed capacity are not here.
 */
import { DynamoDbError } from './errors.ts';
import { readBatch, readOne, writeBatch } from './reads.ts';
import { query, scan } from './search.ts';
import { Tables } from './tables.ts';
import { Transactions } from './transactions.ts';
import { writeOne } from './writes.ts';

type Input = Record<string, unknown>;

/** One engine with tables of its own. */
export interface MemoryDynamoDb {
  /**
   * Answers one operation. The output may share structure with the store: do not change it.
   * @throws DynamoDbError with the exception's name as `code`, and its further members in `fields`.
   */
  handle(operation: string, input: Input): unknown;
}

/** @param nowMs the time, for creation dates and the life of request tokens. */
export function createMemoryDynamoDb(
  nowMs: () => number,
  arn: (tableName: string) => string = (name) => `arn:aws:dynamodb:ddblocal:000000000000:table/${name}`,
): MemoryDynamoDb {
  const tables = new Tables(nowMs, arn);
  const transactions = new Transactions(tables, nowMs);
  const operations: Readonly<Record<string, (input: Input) => unknown>> = {
    CreateTable: (input) => tables.create(input),
    DescribeTable: (input) => tables.describe(input),
    ListTables: (input) => tables.list(input),
    DeleteTable: (input) => tables.delete(input),
    UpdateTimeToLive: (input) => tables.updateTimeToLive(input),
    DescribeTimeToLive: (input) => tables.describeTimeToLive(input),
    GetItem: (input) => readOne(input, tables),
    BatchGetItem: (input) => readBatch(input, tables),
    PutItem: (input) => writeOne('put', input, tables),
    UpdateItem: (input) => writeOne('update', input, tables),
    DeleteItem: (input) => writeOne('delete', input, tables),
    Query: (input) => query(input, tables),
    Scan: (input) => scan(input, tables),
    BatchWriteItem: (input) => writeBatch(input, tables),
    TransactWriteItems: (input) => transactions.write(input),
    TransactGetItems: (input) => transactions.read(input),
  };
  return {
    handle(operation, input) {
      const answer = operations[operation];
      if (answer === undefined) throw new DynamoDbError('UnknownOperationException', `${operation} is not simulated`);
      return answer(input);
    },
  };
}
