/**
 * Comparing what was sent with what only the right sender can know. Texts are compared as they stand, in constant time: hexadecimal in
 * the other case, or base64 with other padding, is another text, and no server sends it.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Delivery, Verdict } from './delivery.ts';
import { header } from './headers.ts';

/** Equal texts, compared in a time that depends on neither; their hashes have one length. */
export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(sha256(one), sha256(other));
}

/** Whether one of the secrets fits. All are tried. */
export function fitsOne(secrets: readonly string[], fits: (secret: string) => boolean): boolean {
  return secrets.reduce((found, secret) => fits(secret) || found, false);
}

export function refuse(why: string): Verdict {
  return { authentic: false, why };
}

export const authentic: Verdict = { authentic: true };

export interface SignatureHeader {
  /** As the server writes it; headers are looked up in lower case. */
  readonly name: string;
  /** What stands before the hexadecimal digits. */
  readonly prefix: '' | 'sha256=';
}

/** An HMAC-SHA256 in lower-case hexadecimal over `message`, in one header. */
export function verifyHmac(
  delivery: Delivery,
  { name, prefix }: SignatureHeader,
  message: Uint8Array | string,
): Verdict {
  const given = header(delivery, name.toLowerCase());
  if (given === undefined) {
    return refuse(`The header ${name} is missing: the hook has no secret, or the request is not from the server.`);
  }
  if (given === '' || given === prefix) {
    return refuse(
      `The header ${name} has no signature in it: the hook has no secret. Set the same secret there as here.`,
    );
  }
  const fits = (secret: string) => isSame(given, prefix + createHmac('sha256', secret).update(message).digest('hex'));
  if (fitsOne(delivery.secrets, fits)) return authentic;
  return refuse(
    `The signature in ${name} does not fit: the secret is another one here than at the server, or the body was changed on its way.`,
  );
}

/** A secret that is sent as it is. */
export function verifyToken(given: string | undefined, secrets: readonly string[], where: string): Verdict {
  if (given === undefined || given === '') {
    return refuse(`There is no token in ${where}. Set the same one there as here.`);
  }
  if (fitsOne(secrets, (secret) => isSame(given, secret))) return authentic;
  return refuse(`The token in ${where} is another one than here.`);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
