/**
 * A host that runs the bundles without AWS (the simulated AWS, a test) puts its own request handler behind all SDK clients by setting
 * `globalThis[Symbol.for('hourglass.requestHandler')]`; in Lambda there is none.
 */
const REQUEST_HANDLER = Symbol.for('hourglass.requestHandler');

/** What every SDK client of the services is built with. */
export function requestHandler(): object {
  const handler = (globalThis as Record<symbol, unknown>)[REQUEST_HANDLER];
  return handler === undefined ? {} : { requestHandler: handler };
}
