/**
 * TransactWriteItems and TransactGetItems. Every action is judged on the items as they are; then all are written, or none and the
 * answer lists one cancellation reason per action (API Reference, TransactionCanceledException).
 */
import { DynamoDbError, validationError } from './errors.ts';
import { readOne } from './reads.ts';
import type { Tables } from './tables.ts';
import type { Item } from './values.ts';
import { commit, evaluate, planWrite, type WriteKind, type WritePlan } from './writes.ts';

type Input = Record<string, unknown>;

/** One action's reason; AWS leaves out what is empty. */
interface CancellationReason {
  Code: 'None' | 'ConditionalCheckFailed' | 'ValidationError';
  Message?: string;
  Item?: Item;
}

const ACTIONS: Readonly<Record<string, WriteKind>> = {
  Put: 'put',
  Update: 'update',
  Delete: 'delete',
  ConditionCheck: 'check',
};
const MAX_ACTIONS = 100;
const TOKEN_LIFE_MS = 10 * 60 * 1000;

/** Remembers client request tokens for ten minutes, so that a retried transaction is not done twice. */
export class Transactions {
  readonly #tables: Tables;
  readonly #nowMs: () => number;
  readonly #done = new Map<string, { request: string; untilMs: number }>();

  constructor(tables: Tables, nowMs: () => number) {
    this.#tables = tables;
    this.#nowMs = nowMs;
  }

  write(input: Input): unknown {
    const actions = readActions(input.TransactItems);
    const { ClientRequestToken: token, ...rest } = input;
    const request = JSON.stringify(rest.TransactItems);
    if (typeof token === 'string' && this.#isRepeated(token, request)) return {};
    const plans = actions.map((action) => readAction(action, this.#tables));
    refuseSameItem(plans);
    const outcomes = plans.map(judge);
    const reasons = outcomes.map((outcome) => outcome.reason);
    if (reasons.some((reason) => reason.Code !== 'None')) throw cancelled(reasons);
    plans.forEach((plan, index) => {
      commit(plan, outcomes[index]?.after);
    });
    if (typeof token === 'string') this.#done.set(token, { request, untilMs: this.#nowMs() + TOKEN_LIFE_MS });
    return {};
  }

  read(input: Input): unknown {
    const actions = readActions(input.TransactItems);
    const gets = actions.map((action) => (action.Get ?? {}) as Input);
    return { Responses: gets.map((get) => readOne({ ...get, ConsistentRead: true }, this.#tables)) };
  }

  #isRepeated(token: string, request: string): boolean {
    const nowMs = this.#nowMs();
    for (const [known, { untilMs }] of this.#done) {
      if (untilMs > nowMs) break;
      this.#done.delete(known);
    }
    const known = this.#done.get(token);
    if (known !== undefined && known.request !== request) {
      throw new DynamoDbError(
        'IdempotentParameterMismatchException',
        'The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical',
      );
    }
    return known !== undefined;
  }
}

function readActions(input: unknown): Input[] {
  const actions = Array.isArray(input) ? (input as Input[]) : [];
  if (actions.length === 0 || actions.length > MAX_ACTIONS) {
    const rule = actions.length === 0 ? 'greater than or equal to 1' : 'less than or equal to 100';
    throw validationError(
      `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length ${rule}`,
    );
  }
  return actions;
}

function readAction(action: Input, tables: Tables): WritePlan {
  const given = Object.entries(action).filter(([name, body]) => name in ACTIONS && body !== null && body !== undefined);
  const [entry] = given;
  if (entry === undefined || given.length > 1) {
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  const kind = ACTIONS[entry[0]] as WriteKind;
  const body = entry[1] as Input;
  if (kind === 'check' && typeof body.ConditionExpression !== 'string') {
    throw validationError(
      `1 validation error detected: Value null at 'transactItems.1.member.conditionCheck.conditionExpression' failed to satisfy constraint: Member must not be null`,
    );
  }
  return planWrite(kind, body, tables);
}

function refuseSameItem(plans: readonly WritePlan[]): void {
  const seen = new Set<string>();
  for (const { table, key } of plans) {
    const id = JSON.stringify([table.definition.name, ...table.keyNames.map((name) => key[name])]);
    if (seen.has(id)) throw validationError('Transaction request cannot include multiple operations on one item');
    seen.add(id);
  }
}

function judge(plan: WritePlan): { reason: CancellationReason; after?: Item | undefined } {
  try {
    const outcome = evaluate(plan);
    if (outcome.kind === 'ok') return { reason: { Code: 'None' }, after: outcome.after };
    const item = plan.returnOnFailure && outcome.before !== undefined ? { Item: outcome.before } : {};
    return { reason: { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', ...item } };
  } catch (error) {
    if (!(error instanceof DynamoDbError)) throw error;
    return { reason: { Code: 'ValidationError', Message: error.message } };
  }
}

function cancelled(reasons: readonly CancellationReason[]): DynamoDbError {
  return new DynamoDbError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map((reason) => reason.Code).join(', ')}]`,
    { CancellationReasons: reasons },
  );
}
