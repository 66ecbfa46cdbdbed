/** Gogs and what came of it sign the JSON, also where it travels inside a form. */
import type { Delivery, Verdict } from './delivery.ts';
import { isForm, soleFormField } from './payload.ts';
import { refuse, type SignatureHeader, verifyHmac } from './secrets.ts';

export function verifyJsonSignature(delivery: Delivery, header: SignatureHeader): Verdict {
  if (!isForm(delivery)) return verifyHmac(delivery, header, delivery.body);
  const json = soleFormField(delivery.body);
  if (json !== undefined) return verifyHmac(delivery, header, json);
  return refuse(
    'The body is a form, but not one with the single field "payload", so that nothing is there that was signed.',
  );
}
