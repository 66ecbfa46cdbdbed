/** Whole requests that both engines must answer alike, in this order: [operation, input]. The table's name is filled in where it is missing. */
import { conditions } from './conditions.ts';
import { fullItem, K, N, S } from './item.ts';
import { updates } from './updates.ts';

export type Step = readonly [operation: string, input: Record<string, unknown>];

export const table = 'things';
const own = { TableName: table };

const createTable: Step = [
  'CreateTable',
  {
    ...own,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk', 'g', 'n'].map((AttributeName) => ({
      AttributeName,
      AttributeType: AttributeName === 'n' ? 'N' : 'S',
    })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-g',
        KeySchema: [
          { AttributeName: 'g', KeyType: 'HASH' },
          { AttributeName: 'n', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  },
];

const put = (item: Record<string, unknown>, more = {}): Step => ['PutItem', { ...own, Item: item, ...more }];
const get = (key: unknown, more = {}): Step => ['GetItem', { ...own, Key: key, ...more }];
const remove = (key: unknown, more = {}): Step => ['DeleteItem', { ...own, Key: key, ...more }];
const update = (key: unknown, more = {}): Step => ['UpdateItem', { ...own, Key: key, ...more }];

function conditionSteps(): Step[] {
  const base = { UpdateExpression: 'SET hits = if_not_exists(hits, :zero) + :one', ReturnValues: 'UPDATED_NEW' };
  return conditions.map(([ConditionExpression, values = {}, ExpressionAttributeNames]) =>
    update(K('a', '1'), {
      ...base,
      ConditionExpression,
      ExpressionAttributeValues: { ':zero': N(0), ':one': N(1), ...values },
      ExpressionAttributeNames,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }),
  );
}

/** Only whole items are compared: of UPDATED_NEW, AWS gives the nested path alone, DynamoDB Local the whole attribute. */
function updateSteps(): Step[] {
  return updates.flatMap(([UpdateExpression, ExpressionAttributeValues, ExpressionAttributeNames]): Step[] => [
    put(fullItem),
    update(K('a', '1'), {
      UpdateExpression,
      ExpressionAttributeValues,
      ExpressionAttributeNames,
      ReturnValues: 'ALL_NEW',
    }),
    get(K('a', '1')),
  ]);
}

function returnValueSteps(): Step[] {
  return ['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'].flatMap((ReturnValues): Step[] => [
    put(fullItem),
    update(K('a', '1'), {
      UpdateExpression: 'SET fresh = :v REMOVE s',
      ExpressionAttributeValues: { ':v': N(9) },
      ReturnValues,
    }),
    update(K('a', '1'), { UpdateExpression: 'REMOVE gone', ReturnValues }),
    update(K('new', ReturnValues), {
      UpdateExpression: 'SET x = :v',
      ExpressionAttributeValues: { ':v': N(1) },
      ReturnValues,
    }),
    put({ ...K('put', ReturnValues), x: N(1) }, { ReturnValues }),
    put({ ...K('put', ReturnValues), x: N(2) }, { ReturnValues }),
    remove(K('put', ReturnValues), { ReturnValues }),
  ]);
}

function keySteps(): Step[] {
  const keys = [
    {},
    { pk: S('a') },
    { ...K('a', '1'), x: S('1') },
    { pk: N(1), sk: S('1') },
    K('', '1'),
    K('x'.repeat(2049), '1'),
    K('x', 'y'.repeat(1025)),
    K('a', 'none'),
  ];
  const items = [
    {},
    { pk: S('a') },
    { pk: N(1), sk: S('a') },
    K('', 'a'),
    { ...K('a', 'b'), g: N(1) },
    { ...K('a', 'b'), g: S('') },
    { ...K('a', 'b'), s: S('x'.repeat(410_000)) },
    { ...K('a', 'b'), s: { SS: [] } },
    { ...K('a', 'b'), s: { NULL: false } },
    { ...K('a', 'b'), s: { L: [] }, m: { M: {} } },
  ];
  return [
    ...keys.map((key) => get(key)),
    ...keys.map((key) => update(key, { UpdateExpression: 'REMOVE s' })),
    ...items.map((item) => put(item)),
  ];
}

function projectionSteps(): Step[] {
  const projections = [
    's, n',
    'm.x',
    'm.y.z, m.x',
    'l[0], l[2].k',
    'l[3], l[0]',
    'gone',
    'm.gone',
    's, s',
    'm, m.x',
    'status',
    '',
    's,',
    '#q',
  ];
  return [put(fullItem), ...projections.map((ProjectionExpression) => get(K('a', '1'), { ProjectionExpression }))];
}

const query = (KeyConditionExpression: string | undefined, values = {}, more = {}): Step => [
  'Query',
  { ...own, KeyConditionExpression, ExpressionAttributeValues: { ':p': S('q'), ...values }, ...more },
];

function querySteps(): Step[] {
  const items = Array.from({ length: 20 }, (_, index) =>
    put({ ...K('q', String(index).padStart(2, '0')), v: N(index), g: S(index % 2 ? 'odd' : 'even'), n: N(20 - index) }),
  );
  const pages = [
    {},
    { Limit: 5 },
    { Limit: 20 },
    { Limit: 21 },
    { Limit: 5, ExclusiveStartKey: K('q', '04') },
    { Limit: 5, ExclusiveStartKey: K('q', '04x') },
    { Limit: 5, ScanIndexForward: false },
    { Limit: 5, ScanIndexForward: false, ExclusiveStartKey: K('q', '04') },
    { Limit: 5, ScanIndexForward: false, ExclusiveStartKey: K('q', '04x') },
    { Limit: 3, Select: 'COUNT' },
    { Limit: 3, ProjectionExpression: 'v' },
    { ProjectionExpression: 'v', Select: 'COUNT' },
    { Limit: 0 },
    { ExclusiveStartKey: { pk: S('q') } },
    { ExclusiveStartKey: K('other', '1') },
  ];
  const ranges = ['=', '<', '<=', '>', '>=', '<>'].map((sign) => `pk = :p AND sk ${sign} :a`);
  const wrong = [
    'pk > :p',
    'sk = :p',
    'begins_with(pk, :p)',
    'pk = :p AND pk = :p',
    'pk.x = :p',
    'size(pk) = :p',
    undefined,
  ];
  const wrongRanges = [
    'pk = :p OR sk = :a',
    'pk = :p AND v = :a',
    'pk = :p AND NOT sk = :a',
    'pk = :p AND contains(sk, :a)',
    'pk = :p AND sk IN (:a)',
  ];
  return [
    ...items,
    ...pages.map((page) => query('pk = :p', {}, page)),
    ...[...ranges, 'pk = :p AND begins_with(sk, :a)', ...wrongRanges].map((text) => query(text, { ':a': S('10') })),
    query('pk = :p AND sk = :a', { ':a': N(1) }),
    query('pk = :p AND sk = :a', { ':a': S('') }),
    query('pk = :p AND sk BETWEEN :a AND :b', { ':a': S('05'), ':b': S('08') }),
    query('pk = :p AND sk BETWEEN :a AND :b', { ':a': S('08'), ':b': S('05') }),
    query(':p = pk'),
    ...wrong.map((text) => query(text)),
    query('pk = :p', { ':x': N(3) }, { FilterExpression: 'v < :x', Limit: 2 }),
    query('pk = :p', { ':x': N(3) }, { FilterExpression: 'v < :x', Select: 'COUNT' }),
    query('pk = :p', { ':x': S('3') }, { FilterExpression: 'sk < :x' }),
    query('g = :p', { ':p': S('odd') }, { IndexName: 'by-g' }),
    query('g = :p AND n < :n', { ':p': S('odd'), ':n': N(10) }, { IndexName: 'by-g', Limit: 2 }),
    query('g = :p', { ':p': S('odd') }, { IndexName: 'nope' }),
    query('g = :p', { ':p': S('odd') }, { IndexName: 'by-g', ConsistentRead: true }),
    ['Scan', { ...own, Select: 'COUNT' }],
    ['Scan', { ...own, FilterExpression: 'v = :v', ExpressionAttributeValues: { ':v': N(3) } }],
  ];
}

function batchSteps(): Step[] {
  const write = (requests: unknown[], name = table): Step => ['BatchWriteItem', { RequestItems: { [name]: requests } }];
  const read = (Keys: unknown[]): Step => ['BatchGetItem', { RequestItems: { [table]: { Keys } } }];
  const putRequest = (sk: string) => ({ PutRequest: { Item: K('b', sk) } });
  const many = (count: number) => Array.from({ length: count }, (_, index) => String(index));
  return [
    write([putRequest('1'), putRequest('2'), { DeleteRequest: { Key: K('b', '3') } }]),
    write([putRequest('1'), { DeleteRequest: { Key: K('b', '1') } }]),
    write(many(26).map(putRequest)),
    write([putRequest('1')], 'nothere'),
    read([K('b', '1'), K('b', '9')]),
    read([K('b', '1'), K('b', '1')]),
    read(many(101).map((sk) => K('b', sk))),
  ];
}

function transactionSteps(): Step[] {
  const transact = (items: Record<string, object>[], more = {}): Step => [
    'TransactWriteItems',
    {
      TransactItems: items.map((item) =>
        Object.fromEntries(Object.entries(item).map(([name, body]) => [name, { TableName: table, ...body }])),
      ),
      ...more,
    },
  ];
  const one = { ':o': N(1) };
  const bump = { Key: K('t', '1'), UpdateExpression: 'SET x = x + :o', ExpressionAttributeValues: one };
  const fresh = { Item: K('t', '3'), ConditionExpression: 'attribute_not_exists(pk)' };
  const puts = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ Put: { Item: K('h', String(index)) } }));
  const token = (by: number): Step =>
    transact(
      [{ Update: { Key: K('tok', '1'), UpdateExpression: 'ADD x :o', ExpressionAttributeValues: { ':o': N(by) } } }],
      { ClientRequestToken: 'token' },
    );
  return [
    transact([{ Put: { Item: { ...K('t', '1'), x: N(1) } } }, { Put: { Item: { ...K('t', '2'), x: N(1) } } }]),
    transact([
      { Update: { ...bump, ConditionExpression: 'x = :o' } },
      { ConditionCheck: { Key: K('t', '2'), ConditionExpression: 'x = :o', ExpressionAttributeValues: one } },
      { Put: fresh },
    ]),
    transact([
      { Update: { ...bump, ConditionExpression: 'x = :o', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
      { Delete: { Key: K('t', '2') } },
      { Put: fresh },
      {
        Put: {
          Item: K('t', '9'),
          ConditionExpression: 'attribute_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
    ]),
    get(K('t', '2')),
    transact([{ Put: { Item: K('t', '1') } }, { Delete: { Key: K('t', '1') } }]),
    transact([]),
    transact(puts(101)),
    transact(puts(100)),
    transact([{ Put: { Item: K('t', '1'), ConditionExpression: 's = :v' } }]),
    transact([{ Put: { Item: { pk: S('x') } } }]),
    transact([{ Put: { TableName: 'nothere', Item: K('t', '1') } }]),
    transact([{ ConditionCheck: { Key: K('t', '1') } }]),
    transact([{}]),
    token(1),
    token(1),
    token(2),
    get(K('tok', '1')),
    [
      'TransactGetItems',
      { TransactItems: ['1', 'none'].map((sk) => ({ Get: { TableName: table, Key: K('t', sk) } })) },
    ],
  ];
}

export const requests: readonly Step[] = [
  createTable,
  put(fullItem),
  get(K('a', '1')),
  ...conditionSteps(),
  ...updateSteps(),
  ...returnValueSteps(),
  ...keySteps(),
  ...projectionSteps(),
  ...querySteps(),
  ...batchSteps(),
  ...transactionSteps(),
  createTable,
  ['ListTables', {}],
];
