/** What is to be written of many items, write by write: what ends takes more of a transaction's actions than what goes on. */
import { type Command, MAX_ENDS_PER_WRITE, MAX_ITEMS_PER_WRITE } from '@hourglass/lease';

export function writesOf(commands: Command[]): Command[][] {
  const writes: Command[][] = [];
  let room = 0;
  for (const command of commands) {
    const share = 1 / (command.type === 'taskFinished' ? MAX_ENDS_PER_WRITE : MAX_ITEMS_PER_WRITE);
    if (room < share - 1e-9) {
      writes.push([]);
      room = 1;
    }
    writes.at(-1)?.push(command);
    room -= share;
  }
  return writes;
}
