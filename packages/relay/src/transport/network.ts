/** Reaches a host by a given address, and trusts given certificates. */
import { readFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { MirrorRefused } from '../errors.ts';
import type { Network } from '../options.ts';
import { quoted } from '../redact.ts';

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
  if (family === 0) throw new MirrorRefused(`the address ${quoted(address)} is not an IP address`, 'input');
  return family;
}

const UNTRUSTED = new Set([
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

/** Whether an error says that nobody who is trusted has signed a certificate. */
export function isUntrusted(error: unknown): boolean {
  return UNTRUSTED.has((error as NodeJS.ErrnoException).code ?? '');
}

/** What git trusts beside Node: the machine's authorities, and the files of git's and OpenSSL's variables and of git's configuration; undefined for nothing new. */
export function systemAuthorities(
  environment: Readonly<Record<string, string | undefined>>,
  caInfo?: string,
): string[] | undefined {
  const { getCACertificates } = process.getBuiltinModule('node:tls');
  // Node 22.15 and later.
  const machine =
    getCACertificates === undefined ? [] : [...getCACertificates('default'), ...getCACertificates('system')];
  const files = [environment.GIT_SSL_CAINFO, caInfo, environment.SSL_CERT_FILE].flatMap((file) => {
    try {
      return file ? [readFileSync(file, 'utf8')] : [];
    } catch {
      return [];
    }
  });
  const all = [...files, ...machine];
  return all.length === 0 ? undefined : all;
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
