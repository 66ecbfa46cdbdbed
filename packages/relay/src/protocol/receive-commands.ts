/**
 * The commands of a push; a pack follows them unless all of them delete.
 *
 *     update-requests = command-list [packfile]
 *     command-list    = PKT-LINE(command NUL capability-list) *PKT-LINE(command) flush-pkt
 *     command         = old-id SP new-id SP name       old-id zero: create; new-id zero: delete
 *
 * The old id makes each command a compare-and-swap. https://git-scm.com/docs/pack-protocol#_reference_update_request_and_packfile_transfer
 */
import type { Advertisement } from './capabilities.ts';
import { zeroId } from './object-id.ts';
import { encodeLine, FLUSH } from './pkt-line.ts';

export interface RefCommand {
  readonly ref: string;
  /** undefined: the ref must not be there. */
  readonly from: string | undefined;
  /** undefined: the ref is deleted. */
  readonly to: string | undefined;
}

export function encodeCommands(commands: readonly RefCommand[], destination: Advertisement): Buffer {
  const zero = zeroId(destination.objectFormat);
  const wished = ['report-status', 'side-band-64k', 'quiet'];
  if (commands.some(({ to }) => to === undefined)) wished.push('delete-refs');
  const words = wished.filter((word) => destination.capabilities.has(word));
  if (destination.capabilities.has('object-format')) words.push(`object-format=${destination.objectFormat}`);
  const lines = commands.map(({ ref, from, to }, n) =>
    encodeLine(`${from ?? zero} ${to ?? zero} ${ref}${n === 0 ? `\0 ${words.join(' ')}` : ''}`),
  );
  return Buffer.concat([...lines, FLUSH]);
}
