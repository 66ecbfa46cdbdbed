/** Intrinsic functions, references and the order of creation. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written so.
import { describe, expect, it } from 'vitest';
import { type IntrinsicScope, resolveIntrinsics } from './intrinsics.ts';
import { collectReferences } from './references.ts';
import { orderResources, resolveParameters } from './template.ts';

const scope: IntrinsicScope = {
  ref: (name) => ({ Name: 'n', List: ['a', 'b'], 'AWS::Region': 'eu-west-1' })[name],
  getAtt: (logicalId, attribute) => (logicalId === 'Queue' && attribute === 'Arn' ? 'arn:q' : undefined),
  condition: (name) => name === 'Yes',
  mappings: { Map: { one: { two: 'found' } } },
  region: 'eu-west-1',
};

describe('resolveIntrinsics', () => {
  it.each<[string, unknown, unknown]>([
    ['Ref', { Ref: 'Name' }, 'n'],
    ['Fn::GetAtt as list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:q'],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Queue.Arn' }, 'arn:q'],
    ['Fn::Join', { 'Fn::Join': ['-', ['x', { Ref: 'Name' }, 1]] }, 'x-n-1'],
    ['Fn::Sub', { 'Fn::Sub': '${AWS::Region}/${Queue.Arn}/${!Literal}' }, 'eu-west-1/arn:q/${Literal}'],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${V}-${Name}', { V: { Ref: 'Name' } }] }, 'n-n'],
    ['Fn::Select', { 'Fn::Select': ['1', { Ref: 'List' }] }, 'b'],
    ['Fn::Split', { 'Fn::Select': [2, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'c'],
    ['Fn::If', { 'Fn::If': ['Yes', 'then', 'else'] }, 'then'],
    ['Fn::If, not', { 'Fn::If': ['No', 'then', 'else'] }, 'else'],
    ['AWS::NoValue leaves out', { a: { Ref: 'AWS::NoValue' }, b: ['x', { Ref: 'AWS::NoValue' }] }, { b: ['x'] }],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Map', 'one', 'two'] }, 'found'],
    ['Fn::Base64', { 'Fn::Base64': 'x' }, 'eA=='],
    [
      'an IAM Condition is no function',
      { Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ],
  ])('%s', (_name, value, resolved) => {
    expect(resolveIntrinsics(value, scope)).toEqual(resolved);
  });

  it.each<[string, unknown, RegExp]>([
    ['a Ref to nothing', { Ref: 'Nowhere' }, /Nowhere/],
    ['an attribute that is not there', { 'Fn::GetAtt': ['Queue', 'Colour'] }, /Queue\.Colour/],
    ['a Fn::Sub to nothing', { 'Fn::Sub': '${Nowhere}' }, /Nowhere/],
    ['a function nobody knows', { 'Fn::ImportValue': 'x' }, /Fn::ImportValue/],
    ['a list where text is needed', { 'Fn::Join': ['', [{ Ref: 'List' }]] }, /needs text/],
    ['an entry beyond the list', { 'Fn::Select': [2, ['a']] }, /entry 2 of 1/],
  ])('fails for %s', (_name, value, message) => {
    expect(() => resolveIntrinsics(value, scope)).toThrow(message);
  });

  it('collects what a value refers to', () => {
    const value = {
      a: { Ref: 'A' },
      b: [{ 'Fn::GetAtt': 'B.Arn' }],
      c: { 'Fn::Sub': ['${C.Arn} ${D} ${!E}', { D: { Ref: 'F' } }] },
    };
    expect([...collectReferences(value)].sort()).toEqual(['A', 'B', 'C', 'F']);
  });
});

describe('templates', () => {
  it('orders resources after what they need, and names a circle', () => {
    const template = {
      Resources: {
        A: { Type: 't', Properties: { b: { Ref: 'B' } } },
        B: { Type: 't', DependsOn: 'C' },
        C: { Type: 't' },
      },
    };
    expect(orderResources(template, () => true)).toEqual(['C', 'B', 'A']);
    const circle = {
      Resources: { A: { Type: 't', DependsOn: ['B'] }, B: { Type: 't', Properties: { a: { Ref: 'A' } } } },
    };
    expect(() => orderResources(circle, () => true)).toThrow('Circular dependency between resources: [A, B, A]');
  });

  it('checks parameters', () => {
    const template = {
      Resources: {},
      Parameters: {
        Subnets: { Type: 'List<AWS::EC2::Subnet::Id>' },
        Mode: { Type: 'String', Default: 'a', AllowedValues: ['a'] },
      },
    };
    expect(resolveParameters(template, { Subnets: 's-1, s-2' })).toEqual({ Subnets: ['s-1', 's-2'], Mode: 'a' });
    expect(() => resolveParameters(template, {})).toThrow('[Subnets] must have values');
    expect(() => resolveParameters(template, { Subnets: 's', Other: 'x' })).toThrow('[Other] do not exist');
    expect(() => resolveParameters(template, { Subnets: 's', Mode: 'b' })).toThrow('must be one of');
  });
});
