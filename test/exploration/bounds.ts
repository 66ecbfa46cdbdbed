/** The bounds that the exploration is run within. */
import type { Bound } from './explore.ts';

export const oneRepository = ['a', 'a'] as const;
export const twoRepositories = ['a', 'b'] as const;

/** Two requests that are due at once: what waits adds only time to what happens. */
export function twoRequests([first, second]: readonly [string, string]): Bound['requests'] {
  return [
    { id: 'r1', repository: first, maxDelaySeconds: 0 },
    { id: 'r2', repository: second, maxDelaySeconds: 0 },
  ];
}

/** The operator pauses everything and resumes it. */
export const pauseOfAll: NonNullable<Bound['asks']> = [{ name: 'PauseRequested' }, { name: 'ResumeRequested' }];
/** The operator pauses one task, lets the endpoints go, and resumes it. */
export const pauseOfOne: NonNullable<Bound['asks']> = [
  { name: 'PauseRequested', taskKey: 'mirror:a' },
  { name: 'CloseRequested' },
  { name: 'ResumeRequested', taskKey: 'mirror:a' },
];

/** Of all bounds the smallest one that holds two requests and a handler stopped between two calls. */
export const shared: Bound = {
  requests: twoRequests(oneRepository),
  fences: 2,
  faults: 0,
  pauses: 1,
  states: 12_000,
};
