/**
 * The ssh command for a remote: never asks, knows a host by its name even where it is reached by an address, and offers a given key and no
 * other.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Network } from '../options.ts';
import type { Remote } from '../remote.ts';
import { familyOf } from './network.ts';

export interface SshOptions {
  readonly words: readonly string[];
  /** Removes what was written for it. */
  remove(): void;
}

/**
 * Options for `ssh`, without host and command.
 * @param scratchDir where a key, and known hosts that are given as text, are written
 * @throws MirrorRefused for a malformed address
 */
export function sshOptions(
  { host, privateKey }: Extract<Remote, { kind: 'ssh' }>,
  network: Network | undefined,
  scratchDir: string,
): SshOptions {
  const { address, knownHosts } = network ?? {};
  const words = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=30', '-o', 'ServerAliveInterval=60'];
  if (address !== undefined) {
    familyOf(address);
    words.push('-o', `HostName=${address}`, '-o', `HostKeyAlias=${host}`);
  }
  let folder: string | undefined;
  const write = (name: string, text: string) => {
    folder ??= mkdtempSync(join(scratchDir, 'hourglass-ssh-'));
    const file = join(folder, name);
    // A last line without its end is no line to ssh.
    writeFileSync(file, text.endsWith('\n') ? text : `${text}\n`, { mode: 0o600 });
    return file;
  };
  if (knownHosts !== undefined) {
    // A line of known hosts has blanks between host, kind and key.
    const file = /\s(ssh|ecdsa|sk)-/.test(knownHosts) ? write('known_hosts', knownHosts) : knownHosts;
    words.push('-o', `UserKnownHostsFile="${file}"`, '-o', 'StrictHostKeyChecking=yes');
  }
  if (privateKey !== undefined) {
    words.push('-i', write('key', privateKey), '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none');
  }
  return {
    words,
    remove() {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Of ssh's many words about a host key that it does not trust, what matters; undefined if it complains of something else. */
export function hostKeyComplaint(stderr: string): string | undefined {
  if (!stderr.includes('Host key verification failed')) return undefined;
  return 'the host key that it shows is not among the known hosts: the key has changed, was never entered, or another machine answers';
}

/** A word for the shell. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
