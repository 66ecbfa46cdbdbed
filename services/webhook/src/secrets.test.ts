import { SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSecretReader } from './secrets.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

/** The real client, with Parameter Store as a function. */
function ssm(answer: (name: string) => string | Error) {
  const asked: { Name: string; WithDecryption: boolean }[] = [];
  const handle = async ({ body }: { body: Uint8Array }) => {
    const input = JSON.parse(new TextDecoder().decode(body));
    asked.push(input);
    const value = answer(input.Name);
    const isError = value instanceof Error;
    const json = isError ? { __type: value.message } : { Parameter: { Name: input.Name, Value: value } };
    return {
      response: {
        statusCode: isError ? 400 : 200,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: new Response(JSON.stringify(json)).body,
      },
    };
  };
  const client = new SSMClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: { handle } as never,
    maxAttempts: 1,
  });
  return { read: createSecretReader(client, () => Date.now()), asked };
}

describe('the secrets of a source', () => {
  it('are one a line, two at most, without the line break that a file ends with', async () => {
    for (const [value, secrets] of [
      ['one', ['one']],
      ['one\n', ['one']],
      ['new\r\nold\n', ['new', 'old']],
      ['\nnew\n\nold\nolder', ['new', 'old']],
      [' kept as it is ', [' kept as it is ']],
      ['\n', []],
    ] as const) {
      const { read, asked } = ssm(() => value);
      expect(await read('/p')).toEqual(secrets);
      expect(asked).toEqual([{ Name: '/p', WithDecryption: true }]);
    }
  });

  it('are kept for five minutes, and read anew on demand, once in half a minute', async () => {
    let value = 'first';
    const { read, asked } = ssm(() => value);
    await read('/p');
    value = 'second';
    vi.setSystemTime(10_000);
    expect(await read('/p', { fresh: true })).toEqual(['first']);
    vi.setSystemTime(40_000);
    expect(await read('/p')).toEqual(['first']);
    expect(await read('/p', { fresh: true })).toEqual(['second']);
    value = 'third';
    expect(await read('/p', { fresh: true })).toEqual(['second']);
    expect(asked).toHaveLength(2);
    vi.setSystemTime(40_000 + 301_000);
    expect(await read('/p')).toEqual(['third']);
  });

  it('are kept on while Parameter Store does not answer', async () => {
    let value: string | Error = 'first';
    const { read } = ssm(() => value);
    await read('/p');
    value = new Error('InternalServerError');
    vi.setSystemTime(600_000);
    expect(await read('/p')).toEqual(['first']);
  });

  it('that were never read are an error that names the parameter and its fault', async () => {
    const { read } = ssm(() => new Error('ParameterNotFound'));
    await expect(read('/hourglass/main/webhooks/gitlab')).rejects.toMatchObject({
      name: 'RetryableError',
      message: expect.stringMatching(/\/hourglass\/main\/webhooks\/gitlab.*ParameterNotFound/),
    });
  });
});
