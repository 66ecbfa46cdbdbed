/**
 * A look by the clock: the source is listed, and if it shows what was mirrored last that is all. Otherwise, and where that is not known, a mirror is
 * asked for like any other, whose attempts report what is wrong.
 */
import type { Carried } from '@hourglass/lease';
import { createRedact } from '@hourglass/relay';
import { listSource, type SourceOptions } from '@hourglass/relay/halves';
import { ASKS, type FetchOrder } from '@hourglass/shared';

export type Look = Extract<FetchOrder, { look: unknown }>['look'];

export interface LookEffects {
  readCarried(taskKey: string): Promise<Carried | undefined>;
  describeSource(look: Look): Promise<SourceOptions>;
  putObject(key: string, text: string): Promise<void>;
  newRunId(): string;
  note(message: string): void;
}

export async function lookAtSource(look: Look, effects: LookEffects): Promise<void> {
  const { repository, sourceUrl } = look;
  const why = await findNews(look, effects);
  if (why === undefined) return effects.note(`${repository}: nothing new`);
  effects.note(`${repository}: a mirror is asked for: ${why}`);
  await effects.putObject(`${ASKS}${repository}/${effects.newRunId()}`, JSON.stringify({ repository, sourceUrl }));
}

async function findNews(look: Look, effects: LookEffects): Promise<string | undefined> {
  try {
    const carried = await effects.readCarried(`mirror:${look.repository}`);
    if (carried?.fingerprint === undefined) return 'none was carried whole so far';
    const { fingerprint } = await listSource(await effects.describeSource(look));
    return fingerprint === carried.fingerprint ? undefined : 'the source shows something new';
  } catch (error) {
    return createRedact([look.sourceUrl])(`it could not be looked at: ${(error as Error).message}`);
  }
}
