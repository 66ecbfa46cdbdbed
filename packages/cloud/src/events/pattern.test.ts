/** Event patterns, operator by operator. */
import { describe, expect, it } from 'vitest';
import { compilePattern } from './pattern.ts';

const event = {
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  resources: ['arn:a', 'arn:b'],
  detail: { status: 'STOPPED', code: 7, nothing: null, empty: [], list: [{ name: 'x' }, { name: 'y' }], flag: true },
};

describe('compilePattern', () => {
  it.each<[string, object, boolean]>([
    ['exact', { source: ['aws.ecs'] }, true],
    ['exact, one of several', { source: ['aws.ec2', 'aws.ecs'] }, true],
    ['exact, no other', { source: ['aws.ec2'] }, false],
    ['all fields must match', { source: ['aws.ecs'], 'detail-type': ['other'] }, false],
    ['an array matches by one element', { resources: ['arn:b'] }, true],
    ['nested', { detail: { status: ['STOPPED'] } }, true],
    ['nested in an array', { detail: { list: { name: ['y'] } } }, true],
    ['a missing field', { detail: { missing: ['x'] } }, false],
    ['null is a value', { detail: { nothing: [null] } }, true],
    ['booleans', { detail: { flag: [true] } }, true],
    ['numbers are not texts', { detail: { code: ['7'] } }, false],
    ['prefix', { source: [{ prefix: 'aws.' }] }, true],
    ['prefix, ignoring case', { source: [{ prefix: { 'equals-ignore-case': 'AWS.' } }] }, true],
    ['suffix', { source: [{ suffix: '.ecs' }] }, true],
    ['suffix, not', { source: [{ suffix: '.ec2' }] }, false],
    ['equals-ignore-case', { detail: { status: [{ 'equals-ignore-case': 'stopped' }] } }, true],
    ['wildcard', { 'detail-type': [{ wildcard: 'ECS*Change' }] }, true],
    ['wildcard, not', { 'detail-type': [{ wildcard: 'ECS*Changes' }] }, false],
    ['anything-but', { detail: { status: [{ 'anything-but': 'RUNNING' }] } }, true],
    ['anything-but a list', { detail: { status: [{ 'anything-but': ['RUNNING', 'STOPPED'] }] } }, false],
    ['anything-but a prefix', { detail: { status: [{ 'anything-but': { prefix: 'STOP' } }] } }, false],
    ['anything-but needs the field', { detail: { missing: [{ 'anything-but': 'x' }] } }, false],
    ['numeric range', { detail: { code: [{ numeric: ['>', 0, '<=', 7] }] } }, true],
    ['numeric range, not', { detail: { code: [{ numeric: ['<', 7] }] } }, false],
    ['exists', { detail: { status: [{ exists: true }] } }, true],
    ['exists: false', { detail: { missing: [{ exists: false }] } }, true],
    ['exists: false, but it is there', { detail: { status: [{ exists: false }] } }, false],
    ['an empty array does not exist', { detail: { empty: [{ exists: false }] } }, true],
    ['$or', { $or: [{ source: ['other'] }, { detail: { code: [7] } }] }, true],
    ['$or, none', { $or: [{ source: ['other'] }, { detail: { code: [8] } }] }, false],
  ])('%s', (_name, pattern, matches) => {
    expect(compilePattern(pattern)(event)).toBe(matches);
  });

  it('refuses an operator it does not know', () => {
    expect(() => compilePattern({ source: [{ cidr: '10.0.0.0/8' }] })).toThrow(/cidr/);
  });
});
