/** What the packed command needs before anything else of it is loaded, most of it on Node 20 alone. */
import 'core-js/actual/map/group-by.js';
import 'core-js/actual/url/parse.js';
import module from 'node:module';

// Newer releases keep what V8 has compiled of a command between runs.
module.enableCompileCache?.();

// The AWS SDK says on each run that later versions of it will want a later Node: the one in this package never changes.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
