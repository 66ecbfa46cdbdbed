/** A deployment in memory, for tests of the console and its bench: everything stands where the caller puts it. */

export { entryOf, statusOf } from './samples.ts';
export { createStage, type Stage } from './stage.ts';
