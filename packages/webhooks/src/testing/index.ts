export { deliveryIdOf, type Kind, kinds, RECEIVED_AT_MS, type Sample, sample } from './deliveries.ts';
