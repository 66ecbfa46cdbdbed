/** For apps of others: the construct and its types. */

export type * from './configuration.ts';
export { ConfigurationInvalid } from './configuration-invalid.ts';
export { Hourglass } from './hourglass.ts';
export type { HourglassProps, RepositoryProps } from './hourglass-props.ts';
