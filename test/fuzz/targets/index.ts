/** Every parser of bytes from outside, by the name that `pnpm fuzz --target` takes. */
import type { Target } from '../target.ts';
import { doors } from './doors.ts';
import { packs } from './packs.ts';
import { protocol } from './protocol.ts';
import { texts } from './texts.ts';

export const groups = { protocol, packs, texts, doors };
export const targets: Record<string, Target> = { ...protocol, ...packs, ...texts, ...doors };
