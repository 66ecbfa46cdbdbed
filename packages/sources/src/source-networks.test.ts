import { describe, expect, it } from 'vitest';
import { SourceNetworksMalformed, sourceNetwork } from './source-networks.ts';

const read = (host: string, networks: unknown) =>
  sourceNetwork(
    { url: '', host },
    { SOURCE_NETWORKS: typeof networks === 'string' ? networks : JSON.stringify(networks) },
  );
const look = (host: string, networks: unknown) => read(host, networks).network;

describe('the network of a source', () => {
  it('is that of its host with the port, else of its host, else none', () => {
    const networks = { 'git.test': { address: '10.0.0.7' }, 'git.test:8443': { caBundle: 'PEM' } };
    expect(look('git.test', networks)).toEqual({ address: '10.0.0.7' });
    expect(look('git.test:8443', networks)).toEqual({ caBundle: 'PEM' });
    expect(look('git.test:22', networks)).toEqual({ address: '10.0.0.7' });
    expect(look('constructor', networks)).toEqual({});
    expect(sourceNetwork({ url: '', host: 'git.test' }, {})).toEqual({ network: {}, credentials: undefined });
  });

  it('has credentials for the host and port that are named, and for no other port', () => {
    const credentials = { bucket: 'b', key: 'k' };
    const networks = { 'git.test': { address: '10.0.0.7', credentials } };
    expect(read('git.test', networks)).toEqual({ network: { address: '10.0.0.7' }, credentials });
    expect(read('git.test:8443', networks)).toEqual({ network: { address: '10.0.0.7' }, credentials: undefined });
  });

  it.each(['{', 'null', '"x"', { 'git.test': { adress: '10.0.0.7' } }, { 'git.test': { address: 7 } }])(
    'is refused when the variable holds %j',
    (networks) => {
      expect(() => look('git.test', networks)).toThrow(SourceNetworksMalformed);
    },
  );
});
