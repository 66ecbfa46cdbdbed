/** What other rooms may use: the configuration, the names, and synthesis. */
export { ConfigurationInvalid, type HourglassConfig, type HourglassConfigInput, parseConfig } from './config.ts';
export { Hourglass, type HourglassProps } from './hourglass.ts';
export { loadConfig } from './load-config.ts';
export { type Names, nameEverything, type ServiceName, serviceNames } from './names.ts';
export { renderEndpointsTemplate } from './render-endpoints-template.ts';
export { type Synthesized, type SynthesizeOptions, synthesize } from './synthesize.ts';
