/**
 * A delivery's way: is there a secret, is the signature right, is it small enough, can it be read, what does it say. Nothing of the body is
 * parsed before its signature is known to be right.
 */
import type { Delivery, Outcome } from './delivery.ts';
import type { Fields } from './fields.ts';
import { isForm, MAX_BODY_BYTES, parsePayload } from './payload.ts';
import { hintAtSender, type ServerName, servers } from './servers.ts';

const nothing = { repository: { names: [], cloneUrls: [] }, refs: [] } as const;

/** Says what comes of a delivery. Never throws for what stands in it, and repeats no secret. */
export function readDelivery(name: ServerName, given: Delivery): Outcome {
  const server = servers[name];
  const delivery = { ...given, secrets: given.secrets.filter((secret) => secret !== '') };
  const known = (payload?: Fields) => ({
    ...nothing,
    deliveryId: server.deliveryId(delivery, payload) ?? null,
  });
  const refused = (status: 400 | 401 | 413, authentic: boolean, why: string, payload?: Fields): Outcome => ({
    outcome: 'refused',
    ...known(payload),
    why,
    status,
    authentic,
  });

  if (delivery.secrets.length === 0) {
    return refused(401, false, 'No secret is kept here for this source, so that anybody could be the sender.');
  }
  if (server.isUnsignedPing?.(delivery)) {
    return {
      outcome: 'ping',
      ...known(),
      why: 'The server asks whether the hook works: it does. Pings of this server are not signed.',
    };
  }
  const tooLarge = delivery.body.byteLength >= MAX_BODY_BYTES;
  // To verify a form is to decode it, where the JSON in it is what was signed.
  if (tooLarge && isForm(delivery)) return refused(413, false, tooLargeWhy);
  const verdict = server.verify(delivery);
  if (tooLarge) return refused(413, verdict.authentic, tooLargeWhy);
  if (!verdict.authentic) {
    return refused(
      401,
      false,
      [verdict.why, hintAtSender(name, delivery)].filter((sentence) => sentence !== null).join(' '),
    );
  }
  const parsed = parsePayload(delivery);
  if ('why' in parsed) return refused(400, true, parsed.why);
  const reading = server.read(parsed.payload, delivery);
  if (reading.outcome === 'unreadable') return refused(400, true, reading.why, parsed.payload);
  return { ...known(parsed.payload), ...reading };
}

const tooLargeWhy = `The body has ${MAX_BODY_BYTES / 1_000_000} MB or more, and is not read.`;
