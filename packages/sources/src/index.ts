/** What a deployment says of a mirror's two ends, read from the environment of whoever carries it: a task or a function. */
export { type Remote, RemoteRefused, resolveRemote } from './remote.ts';
export { RefsMalformed, selectedRefs } from './selected-refs.ts';
export { type CredentialsPlace, namePlace, SourceNetworksMalformed, sourceNetwork } from './source-networks.ts';
