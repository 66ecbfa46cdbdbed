/** What tests build worlds with. */
export { serveWorld } from './console/serve-world.ts';
export * from './git/index.ts';
export { requestMirror } from './world/send-request.ts';
export { createSite, type Repository, type Site, type SiteOptions } from './world/site.ts';
export { assemblyIn, synthesizeWorld, type WorldConfig } from './world/synthesize.ts';
export { compareMirror, createWorld, startWorld, type World, type WorldOptions } from './world/world.ts';
