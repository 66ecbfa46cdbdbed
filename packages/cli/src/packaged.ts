#!/usr/bin/env node
/**
 * The command as it is packed; in the repository it is `main.ts`. `mirror`, which is to start fast, is a bundle of its own in CommonJS: no loader of
 * ES modules is started for it, and what V8 has compiled of it is kept between runs.
 */
import { keepCompiled } from './keep-compiled.ts';

keepCompiled();
// The AWS SDK says on each run that later versions of it will want a later Node: the one in this package never changes.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
if (process.argv[2] === 'mirror') import('./mirror/program.ts');
else {
  // The other bundle: this one is not to have it inside.
  const all = './all.mjs';
  import(all);
}
