/**
 * One attempt's half outside the VPC: list the destination, plan, push the stored pack, verify, write the end. The first end that is written for an attempt
 * counts, and nothing is pushed after it; so a manifest may come twice, late, and beside another of its attempt.
 */
import type { Work, WorkResult } from '@hourglass/lease-dynamodb';
import { createRedact } from '@hourglass/relay';
import { type PackStore, pushStored, readManifest } from '@hourglass/relay/halves';
import { packKeyOf, tokenOf } from '@hourglass/shared';
import { resolveRemote } from '@hourglass/sources';
import { failureOf, resultOf } from './outcome.ts';

export interface PushEffects {
  /** Undefined for an attempt that has ended. @throws WorkMalformed */
  readWork(token: string): Promise<Work | undefined>;
  isUnderWay(token: string): Promise<boolean>;
  /** @returns false if the attempt had ended before. */
  endAttempt(token: string, result: WorkResult): Promise<boolean>;
  /** Wakes the runner. */
  publishEnd(token: string): Promise<void>;
  readObject(key: string): Promise<string>;
  packAt(key: string): PackStore;
  signal: AbortSignal;
  note(message: string): void;
}

export async function pushAttempt(manifestKey: string, effects: PushEffects): Promise<void> {
  const token = tokenOf(manifestKey);
  const work = await effects.readWork(token);
  if (work?.kind !== 'mirror') {
    effects.note('The attempt has ended already');
    return;
  }
  const result = await push(work, manifestKey, effects);
  effects.note(`${result.status}: ${result.message}`);
  if (await effects.endAttempt(token, result)) await effects.publishEnd(token);
}

async function push(
  work: Extract<Work, { kind: 'mirror' }>,
  manifestKey: string,
  effects: PushEffects,
): Promise<WorkResult> {
  const redact = createRedact([work.sourceUrl, work.destination]);
  try {
    const manifest = readManifest(await effects.readObject(manifestKey));
    const pushed = await pushStored({
      destination: resolveRemote(work.destination).url,
      manifest,
      store: effects.packAt(packKeyOf(manifestKey)),
      mayPush: () => effects.isUnderWay(tokenOf(manifestKey)),
      signal: effects.signal,
    });
    return resultOf(pushed, manifest.pack?.bytes ?? 0);
  } catch (error) {
    return failureOf(error, redact, effects.signal);
  }
}
