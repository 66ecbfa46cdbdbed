/** For apps of others: the construct, and what reads and checks its configuration. */
export { ConfigurationInvalid, type HourglassConfig, type HourglassConfigInput, parseConfig } from './config.ts';
export { Hourglass, type HourglassProps } from './hourglass.ts';
export { loadConfig } from './load-config.ts';
