/**
 * Standard Webhooks: `webhook-signature` is a list, separated by blanks, of `v1,<base64>`, each an HMAC-SHA256 over `id.timestamp.body`; the key is
 * the base64 after `whsec_`. The time in seconds may be five minutes off, on either side.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { createHmac } from 'node:crypto';
import type { Delivery, Verdict } from './delivery.ts';
import { filledHeader, header } from './headers.ts';
import { authentic, isSame, refuse } from './secrets.ts';

const PREFIX = 'whsec_';
const TOLERANCE_S = 300;

const isSigningToken = (secret: string) => secret.startsWith(PREFIX);

/**
 * Who has a signing token does not go by plain ones. While a plain one gives way to it, both are valid; then a signature that is there must fit all
 * the same, and what comes without one is known by the plain token alone.
 * @param otherwise how a plain token is verified; it is given no signing tokens
 */
export function verifySignatureOr(delivery: Delivery, otherwise: (delivery: Delivery) => Verdict): Verdict {
  const plain = delivery.secrets.filter((secret) => !isSigningToken(secret));
  const isSigned = header(delivery, 'webhook-signature') !== undefined;
  const mustBeSigned = plain.length === 0 || (isSigned && plain.length < delivery.secrets.length);
  return mustBeSigned ? verifyStandardWebhook(delivery) : otherwise({ ...delivery, secrets: plain });
}

function verifyStandardWebhook(delivery: Delivery): Verdict {
  const keys = delivery.secrets.filter(isSigningToken).map(keyOf);
  if (keys.includes(undefined)) {
    return refuse('The signing token that is kept here is not whsec_ and base64: copy it from the server once more.');
  }
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    filledHeader(delivery, name),
  );
  if (id === undefined || timestamp === undefined || signatures === undefined) {
    return refuse(
      'A signature is required, and webhook-id, webhook-timestamp and webhook-signature are not all there. A plain token is not enough.',
    );
  }
  const given = signatures.split(' ');
  const fits = (key: Buffer | undefined) => {
    const hmac = createHmac('sha256', key ?? '')
      .update(`${id}.${timestamp}.`)
      .update(delivery.body);
    const expected = `v1,${hmac.digest('base64')}`;
    return given.reduce((found, one) => isSame(one, expected) || found, false);
  };
  if (!keys.reduce((found, key) => fits(key) || found, false)) {
    return refuse(
      'No signature in webhook-signature fits: the signing token is another one here than at the server, or the request was changed on its way.',
    );
  }
  const offS = Math.floor(delivery.receivedAtMs / 1_000) - Number(timestamp);
  if (/^\d{1,12}$/.test(timestamp) && Math.abs(offS) <= TOLERANCE_S) return authentic;
  return refuse(
    'The signature is right, but webhook-timestamp is more than five minutes from the time of receipt: an old request, or a clock that is off.',
  );
}

/** Only the one way to write these bytes counts: another would be another secret that fits all the same. */
function keyOf(secret: string): Buffer | undefined {
  const encoded = secret.slice(PREFIX.length);
  const key = Buffer.from(encoded, 'base64');
  const unpadded = key.toString('base64').replace(/=+$/, '');
  const isCanonical = encoded === unpadded || encoded === key.toString('base64');
  return key.length > 0 && isCanonical ? key : undefined;
}
