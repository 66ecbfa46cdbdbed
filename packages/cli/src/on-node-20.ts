/** What the packed command needs on Node 20 before anything else of it is loaded. */
import 'core-js/actual/map/group-by.js';
import 'core-js/actual/url/parse.js';
