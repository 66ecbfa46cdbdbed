/** What the preflight of a deployment and `hourglass doctor` check alike. */
export { type AccountSettings, createAccountClients } from './account-clients.ts';
export { checkAccount, type ObservedAccount } from './check-account.ts';
export { type CheckName, checks, type Wrong } from './found.ts';
export type { ObservedNetwork } from './observed-network.ts';
export { type AccountClients, readAccount } from './read-account.ts';
