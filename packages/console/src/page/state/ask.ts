/** Questions to the server, and what became of each. */
import { signal } from '@preact/signals';
import type { ZodType } from 'zod';
import { Acted, type ActionAsked, Refused } from '../../model/answers.ts';

/** The server did not answer, or not with what was asked for. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The server does not know this browser any more. */
export const sessionLost = signal(false);

export async function ask<T>(path: string, schema: ZodType<T>, abort?: AbortSignal): Promise<T> {
  return await send(path, schema, { ...(abort && { signal: abort }) });
}

export async function act(asked: ActionAsked): Promise<Acted> {
  const headers = { 'content-type': 'application/json' };
  return await send('/api/actions', Acted, { method: 'POST', headers, body: JSON.stringify(asked) });
}

async function send<T>(path: string, schema: ZodType<T>, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    throw new NoAnswer('offline', (error as Error).message);
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) {
    const read = schema.safeParse(body);
    if (read.success) return read.data;
    throw new NoAnswer('differs', read.error.issues[0]?.message ?? '');
  }
  const refused = Refused.safeParse(body);
  const { code, message } = refused.success ? refused.data : { code: 'offline', message: `${response.status}` };
  if (response.status === 401) sessionLost.value = true;
  throw new NoAnswer(code, message);
}
