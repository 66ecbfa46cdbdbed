/** What tests build worlds with. */
export { serveWorld } from './console/serve-world.ts';
export * from './git/index.ts';
export { requestMirror } from './world/send-request.ts';
export { synthesizeWorld, type WorldConfig } from './world/synthesize.ts';
export { compareMirror, createWorld, type Repository, type World, type WorldOptions } from './world/world.ts';
