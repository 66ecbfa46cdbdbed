/**
 * A host that runs the bundles without AWS (the simulated AWS, a test) gives all SDK clients options of its own, a request handler above all, by
 * setting `globalThis[Symbol.for('hourglass.clientOptions')]`; in Lambda there are none.
 */
const CLIENT_OPTIONS = Symbol.for('hourglass.clientOptions');

/** What every SDK client of the services is built with. */
export function hostOptions(): object {
  return (globalThis as Record<symbol, object | undefined>)[CLIENT_OPTIONS] ?? {};
}

/** Of clients in a VPC, where a service without an endpoint does not answer at all: each try is short, and there are some. */
export const givesUpSoon = { maxAttempts: 4, requestHandler: { connectionTimeout: 3_000, requestTimeout: 30_000 } };
