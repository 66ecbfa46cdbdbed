/** The file that `hourglass delivery` explains, checked; every fault is reported with the field that has it. */
import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { type Delivery, type ServerName, serverNames } from '@hourglass/webhooks';
import * as z from 'zod';
import { UsageError } from '../errors.ts';

const texts = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);
const headers = z.record(
  z.string(),
  z.union([texts, z.array(texts), z.null()], 'must be a text, or a list of texts where it came more than once'),
  'must be an object, such as {"x-gitlab-event": "Push Hook"}',
);

const given = z
  .object(
    {
      server: z.enum(serverNames, `must be one of ${serverNames.join(', ')}`),
      headers: headers.default({}),
      body: z.string('must be the exact text as it was sent, not the JSON in it').optional(),
      // As `base64` writes it, in lines, too; and in the alphabet of addresses.
      bodyBase64: z
        .string('must be base64')
        .transform((text) => text.replaceAll(/\s/g, '').replaceAll('-', '+').replaceAll('_', '/'))
        .refine(
          (text) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(text),
          'must be base64',
        )
        .optional(),
      secret: z.union([z.string(), z.array(z.string())], 'must be a text, or a list of two').optional(),
      query: z.union([z.string(), z.record(z.string(), texts)], 'must be a text such as "token=…"').optional(),
      path: z.string('must be a text such as "/hooks/main/…"').optional(),
      receivedAt: z.number('must be a number: epoch seconds').optional(),
    },
    'must be a JSON object with server, headers, body and secret',
  )
  .refine(({ body, bodyBase64 }) => (body === undefined) !== (bodyBase64 === undefined), {
    path: ['body'],
    message: 'must be there, as text, or instead of it bodyBase64; not both',
  });

/**
 * @param nowMs when the delivery came, if the file does not say so
 * @throws UsageError saying what is wrong with the file
 */
export async function readDeliveryFile(
  file: string,
  nowMs: number,
): Promise<{ server: ServerName; delivery: Delivery }> {
  const parsed = given.safeParse(parseJson(file, await readText(file)));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'} ${message}`);
    throw new UsageError(`${file} is no delivery: ${faults.join('; ')}. See hourglass delivery --help.`);
  }
  const { server, headers, body, bodyBase64, secret, query, path, receivedAt } = parsed.data;
  const delivery: Delivery = {
    headers: lowerCased(headers),
    body: body === undefined ? Buffer.from(bodyBase64 ?? '', 'base64') : Buffer.from(body),
    secrets: [secret ?? []].flat(),
    receivedAtMs: receivedAt === undefined ? nowMs : receivedAt * 1_000,
    ...(query !== undefined && { query: queryText(query) }),
    ...(path !== undefined && { path }),
  };
  return { server, delivery };
}

async function readText(file: string): Promise<string> {
  try {
    return file === '-' ? await readAll(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw new UsageError(code === 'ENOENT' ? `${file} is not there` : `${file} cannot be read: ${code ?? message}`);
  }
}

/** The parser's own message would repeat a part of the file, which holds a secret. */
function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw new UsageError(`${file} is not JSON`);
  }
}

/** The server's page shows them as they were sent. Two that differ in case alone are one that came twice. */
function lowerCased(headers: Record<string, string | string[] | null>): Delivery['headers'] {
  const found = new Map<string, string[]>();
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) continue;
    const key = name.toLowerCase();
    found.set(key, [...(found.get(key) ?? []), ...[value].flat()]);
  }
  return Object.fromEntries([...found].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
}

function queryText(query: string | Record<string, string>): string {
  if (typeof query === 'string') return query;
  return Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}
