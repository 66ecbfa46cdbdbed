/** For apps of others: the construct and its types. */

export type * from './configuration.ts';
export { ConfigurationInvalid } from './configuration-invalid.ts';
/** `detail` of each event on the bus, and all of them by their `detail-type`. */
export type * from './event-details.ts';
export { Hourglass } from './hourglass.ts';
export type { HourglassProps, RepositoryProps } from './hourglass-props.ts';
