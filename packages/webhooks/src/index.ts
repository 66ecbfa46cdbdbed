export type {
  Delivery,
  DeliveryHeaders,
  NamedRepository,
  Outcome,
  RefChange,
} from './delivery.ts';
export { MAX_BODY_BYTES } from './payload.ts';
export { readDelivery } from './read-delivery.ts';
export { type ServerName, serverNames, servers } from './servers.ts';
