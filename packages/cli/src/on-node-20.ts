/** What the packed command needs on Node 20, before anything else of it is loaded. */
import 'core-js/actual/map/group-by.js';
import 'core-js/actual/url/parse.js';

// The AWS SDK says on each run that later versions of it will want a later Node: the one in this package never changes.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
