/** IAM's decisions. */
import { describe, expect, it } from 'vitest';
import type { PolicyDocument, PolicyStatement, Principal } from '../service.ts';
import { evaluate } from './evaluate.ts';

const account = '123456789012';
const role: Principal = {
  kind: 'role',
  roleArn: `arn:aws:iam::${account}:role/R`,
  arn: `arn:aws:sts::${account}:assumed-role/R/s`,
};
const service: Principal = { kind: 'service', arn: 'events.amazonaws.com', service: 'events.amazonaws.com' };
const queue = `arn:aws:sqs:eu-west-1:${account}:q`;
const allow: PolicyStatement = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue };

function allows(
  identity: PolicyStatement[],
  options: {
    principal?: Principal;
    resource?: PolicyStatement[];
    context?: Record<string, string[]>;
    action?: string;
  } = {},
): boolean {
  const context = new Map(Object.entries(options.context ?? {}).map(([key, value]) => [key.toLowerCase(), value]));
  const resourcePolicy: PolicyDocument | undefined =
    options.resource === undefined ? undefined : { Statement: options.resource };
  return evaluate(
    {
      principal: options.principal ?? role,
      account,
      action: options.action ?? 'sqs:SendMessage',
      resource: queue,
      context,
    },
    [{ Statement: identity }],
    resourcePolicy,
  ).allowed;
}

describe('evaluate', () => {
  it('denies what nothing allows', () => {
    expect(allows([])).toBe(false);
    expect(allows([allow])).toBe(true);
    expect(allows([allow], { action: 'sqs:DeleteMessage' })).toBe(false);
  });

  it('lets an explicit deny win over any allow', () => {
    expect(allows([allow, { Effect: 'Deny', Action: 'sqs:*', Resource: '*' }])).toBe(false);
    expect(allows([allow], { resource: [{ Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: queue }] })).toBe(
      false,
    );
  });

  it('takes wildcards in actions and resources, actions without regard to case', () => {
    expect(allows([{ Effect: 'Allow', Action: 'SQS:send*', Resource: 'arn:aws:sqs:*:*:?' }])).toBe(true);
    expect(allows([{ Effect: 'Allow', Action: 'sqs:*', Resource: `${queue}x*` }])).toBe(false);
  });

  it('knows NotAction and NotResource', () => {
    expect(allows([{ Effect: 'Allow', NotAction: 'sqs:Delete*', Resource: '*' }])).toBe(true);
    expect(allows([{ Effect: 'Allow', Action: '*', NotResource: queue }])).toBe(false);
  });

  it('allows a service only by the resource’s policy, and by its source', () => {
    const statement: PolicyStatement = {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queue,
      Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:events:*:${account}:rule/b/*` } },
    };
    const context = { 'aws:SourceArn': [`arn:aws:events:eu-west-1:${account}:rule/b/r`] };
    expect(allows([allow], { principal: service })).toBe(false);
    expect(allows([], { principal: service, resource: [statement], context })).toBe(true);
    expect(allows([], { principal: service, resource: [statement], context: {} })).toBe(false);
    const other = { 'aws:SourceArn': [`arn:aws:events:eu-west-1:${account}:rule/c/r`] };
    expect(allows([], { principal: service, resource: [statement], context: other })).toBe(false);
  });

  it('takes a resource policy’s role as an allow, its account as none', () => {
    const statement: PolicyStatement = { Effect: 'Allow', Action: 'sqs:*', Resource: queue };
    const root = `arn:aws:iam::${account}:root`;
    const roleArn = `arn:aws:iam::${account}:role/R`;
    expect(allows([], { resource: [{ ...statement, Principal: { AWS: roleArn } }] })).toBe(true);
    expect(allows([], { resource: [{ ...statement, Principal: { AWS: root } }] })).toBe(false);
    expect(allows([allow], { resource: [{ ...statement, Effect: 'Deny', Principal: { AWS: root } }] })).toBe(false);
  });

  it.each<[string, Record<string, Record<string, unknown>>, Record<string, string[]>, boolean]>([
    ['StringEquals', { StringEquals: { k: ['a', 'b'] } }, { k: ['b'] }, true],
    ['StringEquals, absent', { StringEquals: { k: 'a' } }, {}, false],
    ['StringEqualsIfExists, absent', { StringEqualsIfExists: { k: 'a' } }, {}, true],
    ['StringEqualsIfExists, other', { StringEqualsIfExists: { k: 'a' } }, { k: ['b'] }, false],
    ['StringNotEquals, absent', { StringNotEquals: { k: 'a' } }, {}, true],
    ['StringLike', { StringLike: { k: 'a*' } }, { k: ['abc'] }, true],
    ['ArnEquals', { ArnEquals: { k: 'arn:aws:s3:::b*' } }, { k: ['arn:aws:s3:::bucket'] }, true],
    ['Bool', { Bool: { k: false } }, { k: ['false'] }, true],
    ['Null true, absent', { Null: { k: 'true' } }, {}, true],
    ['Null true, present', { Null: { k: 'true' } }, { k: ['a'] }, false],
    ['ForAllValues, all', { 'ForAllValues:StringLike': { k: ['work#*'] } }, { k: ['work#1', 'work#2'] }, true],
    ['ForAllValues, not all', { 'ForAllValues:StringLike': { k: ['work#*'] } }, { k: ['work#1', 'lease'] }, false],
    ['ForAllValues, none', { 'ForAllValues:StringLike': { k: ['work#*'] } }, {}, true],
    ['ForAnyValue, one', { 'ForAnyValue:StringEquals': { k: ['a'] } }, { k: ['b', 'a'] }, true],
    ['ForAnyValue, none', { 'ForAnyValue:StringEquals': { k: ['a'] } }, {}, false],
    ['keys ignore case', { StringEquals: { 'AWS:K': 'a' } }, { 'aws:k': ['a'] }, true],
    ['every operator must hold', { StringEquals: { k: 'a' }, Null: { k: 'true' } }, { k: ['a'] }, false],
    ['an operator nobody knows denies', { BinaryEquals: { k: 'a' } }, { k: ['a'] }, false],
  ])('condition: %s', (_name, Condition, context, expected) => {
    expect(allows([{ ...allow, Condition }], { context })).toBe(expected);
  });
});
