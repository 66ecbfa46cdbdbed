/**
 * What IAM must allow for each DynamoDB call: the action, the table or index, and the partition keys it touches.
 * A transaction needs the permission of each of its actions (Developer Guide, "Using IAM with DynamoDB transactions").
 */
import type { Demand } from '../service.ts';
import { findLeadingKey } from './memory/key-condition.ts';
import { readPlaceholders } from './memory/names.ts';
import { parseCondition } from './memory/parser.ts';
import type { AttributeValue } from './memory/values.ts';

type Input = Record<string, unknown>;

/** What is known of tables: their ARN, and the name of their partition key. */
export interface TableFacts {
  arn(nameOrArn: string): string;
  hashName(nameOrArn: string): string | undefined;
}

const TRANSACTION_ACTIONS: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

export function listDemands(operation: string, input: Input, tables: TableFacts): Demand[] {
  switch (operation) {
    case 'ListTables':
      return [{ action: 'dynamodb:ListTables', resources: ['*'] }];
    case 'TransactWriteItems':
    case 'TransactGetItems':
      return asList(input.TransactItems).flatMap((entry) =>
        Object.entries(entry).flatMap(([name, body]) => {
          const action = TRANSACTION_ACTIONS[name];
          return action === undefined ? [] : [demandItem(action, body as Input, tables, operation)];
        }),
      );
    case 'BatchGetItem':
      return Object.entries((input.RequestItems ?? {}) as Record<string, Input>).map(([table, request]) =>
        demand(operation, table, asList(request.Keys), tables),
      );
    case 'BatchWriteItem':
      return Object.entries((input.RequestItems ?? {}) as Record<string, Input[]>).map(([table, requests]) => {
        const keys = requests.map((request) => {
          const put = request.PutRequest as Input | undefined;
          return (put?.Item ?? (request.DeleteRequest as Input | undefined)?.Key ?? {}) as Input;
        });
        return demand(operation, table, keys, tables);
      });
    case 'GetItem':
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return [demandItem(operation, input, tables)];
    case 'Query':
      return [demandQuery(input, tables)];
    default:
      return [demand(operation, String(input.TableName ?? ''), [], tables, input.IndexName)];
  }
}

function demandItem(action: string, body: Input, tables: TableFacts, enclosing?: string): Demand {
  const key = (body.Item ?? body.Key ?? {}) as Input;
  const found = demand(action, String(body.TableName ?? ''), [key], tables);
  return enclosing === undefined
    ? found
    : { ...found, conditions: { ...found.conditions, 'dynamodb:EnclosingOperation': enclosing } };
}

function demandQuery(input: Input, tables: TableFacts): Demand {
  const table = String(input.TableName ?? '');
  const hashName = tables.hashName(table);
  const key = hashName === undefined ? undefined : readQueriedKey(input, hashName);
  const keys = key === undefined || hashName === undefined ? [] : [{ [hashName]: key }];
  return demand('Query', table, keys, tables, input.IndexName);
}

/** A query that cannot be read names no key; DynamoDB itself then refuses it. */
function readQueriedKey(input: Input, hashName: string): AttributeValue | undefined {
  if (typeof input.KeyConditionExpression !== 'string') return undefined;
  try {
    const placeholders = readPlaceholders(input, [
      'KeyConditionExpression',
      'FilterExpression',
      'ProjectionExpression',
    ]);
    return findLeadingKey(
      parseCondition(input.KeyConditionExpression, 'KeyConditionExpression', placeholders),
      hashName,
    );
  } catch {
    return undefined;
  }
}

function demand(action: string, table: string, keys: readonly Input[], tables: TableFacts, index?: unknown): Demand {
  const hashName = tables.hashName(table);
  const leading = keys.flatMap((key) => {
    const value = hashName === undefined ? undefined : (key[hashName] as AttributeValue | undefined);
    return value === undefined ? [] : [scalarText(value)];
  });
  const arn = tables.arn(table);
  return {
    action: `dynamodb:${action}`,
    resources: [typeof index === 'string' ? `${arn}/index/${index}` : arn],
    ...(leading.length > 0 ? { conditions: { 'dynamodb:LeadingKeys': [...new Set(leading)] } } : {}),
  };
}

function scalarText(value: AttributeValue): string {
  return 'S' in value ? value.S : 'N' in value ? value.N : 'B' in value ? value.B : '';
}

function asList(input: unknown): Input[] {
  return Array.isArray(input) ? input : [];
}
