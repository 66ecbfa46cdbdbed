/**
 * The body as JSON: itself, or the field `payload` of a form.
 *
 * A form's text can be written in several ways that mean the same. Where a server signs what stands in the form, and not the form, only
 * one of these ways is taken, so that a body of which any byte was changed is never the one that was signed.
 */
import type { Delivery } from './delivery.ts';
import { type Fields, isFields } from './fields.ts';
import { header } from './headers.ts';

/** GitHub and GitLab send no larger ones: https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap */
export const MAX_BODY_BYTES = 25_000_000;

const FORM = 'application/x-www-form-urlencoded';
const FIELD = Buffer.from('payload=');

/** Whether the body is a form. `curl -d` calls everything one, and some callers give no type at all. */
export function isForm(delivery: Delivery): boolean {
  const [type] = (header(delivery, 'content-type') ?? '').split(';');
  const mediaType = type?.trim().toLowerCase();
  if (mediaType === FORM) return !beginsAsJson(delivery.body);
  return (mediaType === '' || mediaType === 'text/plain') && FIELD.equals(delivery.body.subarray(0, FIELD.length));
}

/**
 * The text of a form's only field, `payload`, as Go, browsers, Java and Python encode it: escapes in capitals, blanks as `+` or `%20`.
 * @returns undefined for any other body
 */
export function soleFormField(body: Uint8Array): string | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  const encoded = /^payload=((?:[A-Za-z0-9\-_.~*!'()+]|%[0-9A-F]{2})*)$/.exec(text)?.[1];
  return encoded === undefined ? undefined : decodeField(encoded);
}

export type Parsed = { readonly payload: Fields } | { readonly why: string };

export function parsePayload(delivery: Delivery): Parsed {
  const text = decodeBody(delivery);
  if (text === undefined)
    return { why: 'The body is not text in the encoding that its content type names (UTF-8 if none).' };
  const json = isForm(delivery) ? payloadField(text) : text;
  if (json === undefined) return { why: 'The body is a form, but not one with a single readable field "payload".' };
  try {
    const payload: unknown = JSON.parse(json);
    if (isFields(payload)) return { payload };
    return { why: 'The body is JSON, but not an object.' };
  } catch {
    return { why: 'The body is not JSON. Choose application/json as the content type of the hook.' };
  }
}

function payloadField(form: string): string | undefined {
  const fields = form.split('&').filter((part) => part.startsWith('payload='));
  return fields.length === 1 ? decodeField(fields[0]?.slice('payload='.length) ?? '') : undefined;
}

function decodeField(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function decodeBody(delivery: Delivery): string | undefined {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(header(delivery, 'content-type') ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset, { fatal: true }).decode(delivery.body);
  } catch {
    return undefined;
  }
}

function beginsAsJson(body: Uint8Array): boolean {
  const first = body.find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  return first === 0x7b || first === 0x5b;
}
