import { expect, it } from 'vitest';
import { selectedRefs } from './selected-refs.ts';

const environment = { REPOSITORY_REFS: JSON.stringify({ app: ['main', 'v*', '^v0*'], 'a.b': ['^wip/*'] }) };

it.each([
  ['codecommit::ap-northeast-1://app', { include: ['main', 'v*'], exclude: ['v0*'] }],
  ['http://127.0.0.1:8080/a.b', { exclude: ['wip/*'] }],
  ['codecommit::ap-northeast-1://other', {}],
  ['codecommit::ap-northeast-1://constructor', {}],
])('%s has the refs that are selected for its name', (destination, selected) => {
  expect(selectedRefs(destination, environment)).toEqual(selected);
});

it('without the variable everything is mirrored, and one that is no JSON is named', () => {
  expect(selectedRefs('codecommit::ap-northeast-1://app', {})).toEqual({});
  expect(() => selectedRefs('codecommit::ap-northeast-1://app', { REPOSITORY_REFS: '{' })).toThrow(/REPOSITORY_REFS/);
});
