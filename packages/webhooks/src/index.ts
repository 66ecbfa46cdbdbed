export type {
  Delivery,
  DeliveryHeaders,
  NamedRepository,
  Outcome,
  RefChange,
} from './delivery.ts';
export { createMatcher, findSharedAddresses, type HookSource, type Matcher, type SourceAddresses } from './match.ts';
export { MAX_BODY_BYTES } from './payload.ts';
export { readDelivery } from './read-delivery.ts';
export { type ServerName, serverNames, servers } from './servers.ts';
