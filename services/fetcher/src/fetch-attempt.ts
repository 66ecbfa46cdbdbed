/**
 * One attempt's half in the VPC: list the source, store a pack of what the destination lacks, then the manifest. An attempt whose end is written
 * already does nothing more, so a call may come twice and late. What fails is written to the work item, with an object whose event wakes the runner.
 */
import type { Work, WorkResult } from '@hourglass/lease-dynamodb';
import { createRedact } from '@hourglass/relay';
import { encodeManifest, type PackOptions, type PackSink, packSource } from '@hourglass/relay/halves';
import { ENDED, MANIFESTS, packKeyOf } from '@hourglass/shared';
import { failureOf } from './outcome.ts';

export interface FetchEffects {
  /** Undefined for an attempt that has ended. @throws WorkMalformed */
  readWork(token: string): Promise<Work | undefined>;
  /** @returns false if the attempt had ended before. */
  endAttempt(token: string, result: WorkResult): Promise<boolean>;
  describeSource(work: Extract<Work, { kind: 'mirror' }>): Promise<PackOptions>;
  packSinkAt(key: string): PackSink;
  putObject(key: string, text: string): Promise<void>;
  /** The function's own time. */
  signal: AbortSignal;
  maxPackBytes: number;
  newRunId(): string;
  note(message: string): void;
}

export async function fetchAttempt(token: string, effects: FetchEffects): Promise<void> {
  const end = async (result: WorkResult) => {
    effects.note(`${result.status}: ${result.message}`);
    if (await effects.endAttempt(token, result)) await effects.putObject(`${ENDED}${token}`, '');
  };
  let redact = createRedact([]);
  try {
    const work = await effects.readWork(token);
    if (work === undefined) {
      effects.note('The attempt has ended already');
      return;
    }
    if (work.kind !== 'mirror') throw new TypeError(`a ${work.kind} needs a task`);
    redact = createRedact([work.sourceUrl, work.destination]);
    const manifestKey = `${MANIFESTS}${token}/${effects.newRunId()}`;
    const { haves, thin } = work.carried ?? { haves: work.rememberedTips, thin: true };
    const options = { ...(await effects.describeSource(work)), haves, thin, maxPackBytes: effects.maxPackBytes };
    const packed = await packSource(options, effects.packSinkAt(packKeyOf(manifestKey)));
    if (packed.outcome !== 'packed') throw new TypeError('a request is always packed');
    await effects.putObject(manifestKey, encodeManifest(packed.manifest));
    effects.note(`packed ${packed.manifest.pack?.bytes ?? 0} bytes`);
  } catch (error) {
    await end(failureOf(error, redact, effects.signal));
  }
}
