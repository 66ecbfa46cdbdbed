/** Basic authentication, the secret being `user:password`. */
import type { Delivery, Verdict } from './delivery.ts';
import { header } from './headers.ts';
import { authentic, fitsOne, isSame, refuse } from './secrets.ts';

/** https://www.rfc-editor.org/rfc/rfc7617 */
export function verifyBasic(delivery: Delivery): Verdict {
  const given = header(delivery, 'authorization');
  if (given === undefined || given === '') {
    return refuse('The header Authorization is missing: set user and password at the server, as here.');
  }
  const fits = (secret: string) => isSame(given, `Basic ${Buffer.from(secret).toString('base64')}`);
  if (fitsOne(delivery.secrets, fits)) return authentic;
  return refuse('User and password in the header Authorization are not those that are kept here.');
}
