/** Reaches a host by a given address, and trusts given certificates. */
import { readFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { MirrorRefused } from '../errors.ts';
import type { Network } from '../options.ts';

/** What node:http and node:https need for a network. @throws MirrorRefused for a malformed address or a bundle that cannot be read */
export function connectionOptions(network: Network | undefined): { lookup?: LookupFunction; ca?: string } {
  const { address, caBundle } = network ?? {};
  return {
    ...(address === undefined ? {} : { lookup: lookupAs(address) }),
    ...(caBundle === undefined ? {} : { ca: readPem(caBundle) }),
  };
}

/** 4 or 6. @throws MirrorRefused for anything else than an IP address */
export function familyOf(address: string): number {
  const family = isIP(address);
  if (family === 0) throw new MirrorRefused(`the address ${JSON.stringify(address)} is not an IP address`, 'input');
  return family;
}

function lookupAs(address: string): LookupFunction {
  const family = familyOf(address);
  return (_host, options, callback) => {
    if (options.all) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}

function readPem(given: string): string {
  if (given.includes('-----BEGIN')) return given;
  try {
    return readFileSync(given, 'utf8');
  } catch (error) {
    throw new MirrorRefused(`the certificate bundle cannot be read: ${(error as Error).message}`, 'input');
  }
}
