/**
 * What the source's half of a mirror leaves for the destination's: what the source shows, and which pack goes with it. JSON, written once,
 * after the pack; read by whoever pushes, who believes nothing of it that the schema does not say. Addresses and credentials are not in it.
 *
 * Names of refs have one character a byte, as everywhere inside the relay.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { RelayFailed } from '../errors.ts';
import type { ObjectFormat, Refs } from '../protocol/object-id.ts';
import { quoted } from '../redact.ts';
import { type RefSelection, renamer, selectMapped } from '../select-refs.ts';

const objectId = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'no object id');
// biome-ignore lint/suspicious/noControlCharactersInRegex: any byte but NUL; what git refuses is reported by the plan, by name
const refName = z.string().regex(/^[\x01-\xff]+$/, 'no name of a ref');
const patterns = z.array(z.string()).optional();

const schema = z
  .strictObject({
    version: z.literal(1),
    objectFormat: z.enum(['sha1', 'sha256']),
    /** The ref that HEAD names, by its own name. */
    head: refName.optional(),
    /** Which refs the mirror is about. */
    selection: z.strictObject({ include: patterns, exclude: patterns, map: patterns }),
    /** Selected refs of the source, by their own names. */
    refs: z.array(z.tuple([refName, objectId])),
    /** Objects that the destination must have: the pack builds on them. */
    haves: z.array(objectId),
    /** Of the haves that were offered, which the source knows; only where divergence matters. */
    knowledge: z.strictObject({ offered: z.array(objectId), known: z.array(objectId) }).optional(),
    /** None if the haves hold every object already. */
    pack: z
      .strictObject({
        bytes: z.number().int().positive(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        objects: z.number().int().positive(),
      })
      .optional(),
  })
  .superRefine(({ objectFormat, refs, haves, head }, context) => {
    const length = objectFormat === 'sha1' ? 40 : 64;
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    if ([...haves, ...refs.map(([, oid]) => oid)].some((oid) => oid.length !== length)) {
      refuse(`it has object ids that are not ${objectFormat}`);
    }
    if (new Set(refs.map(([name]) => name)).size !== refs.length) refuse('it names a ref twice');
    if (head !== undefined && !head.startsWith('refs/')) refuse('its HEAD is no ref');
  });

export type Manifest = z.infer<typeof schema>;

/** This is no manifest, or one that is written otherwise than it is read here. */
export class ManifestInvalid extends RelayFailed {
  override readonly name = 'ManifestInvalid';
}

export function encodeManifest(manifest: Manifest): string {
  return JSON.stringify(schema.parse(manifest));
}

/** @throws ManifestInvalid that names the first fault */
export function readManifest(text: string): Manifest {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new ManifestInvalid('the manifest of the pack is no JSON, or was cut off');
  }
  const version = (given as { version?: unknown } | null)?.version;
  if (version !== undefined && version !== 1) {
    const shown = typeof version === 'number' ? version : quoted(JSON.stringify(version));
    throw new ManifestInvalid(`the manifest of the pack has version ${shown}; only 1 is known here`);
  }
  const { data, error } = schema.safeParse(given);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const where = issue?.path.join('.') || 'the whole';
  // Zod repeats them as they came.
  const why = issue?.code === 'unrecognized_keys' ? `unknown keys ${quoted(issue.keys.join(', '))}` : issue?.message;
  throw new ManifestInvalid(`the manifest of the pack cannot be used: ${where}: ${why}`);
}

export interface SourceShown {
  readonly objectFormat: ObjectFormat;
  readonly headTarget: string | undefined;
  /** At least the selected ones. */
  readonly refs: Refs;
}

/**
 * A text that is the same only while the source shows the same for this selection: refs by the names that they are to have, HEAD, object
 * format. @throws MirrorRefused for a selection that is malformed
 */
export function fingerprintOf({ objectFormat, headTarget, refs }: SourceShown, selection: RefSelection): string {
  const { include = [], exclude = [], map = [] } = selection;
  const head = headTarget === undefined ? null : (renamer(selection)(headTarget) ?? null);
  const mapped = [...selectMapped(refs, selection)].map((ref) => ref.join(' ')).sort();
  return createHash('sha256')
    .update(JSON.stringify([objectFormat, head, include, exclude, map, mapped]))
    .digest('hex');
}
