/**
 * The password CodeCommit expects, worked out from AWS's description of Signature Version 4 and apart from the relay's own code, so that
 * the test server is a second opinion.
 */
import { createHash, createHmac } from 'node:crypto';

export interface SigningInput {
  readonly secretAccessKey: string;
  readonly region: string;
  /** Without its port. */
  readonly host: string;
  readonly path: string;
  /** `yyyymmddThhmmss`, UTC, without Z. */
  readonly timestamp: string;
}

/** Gives `<timestamp>Z<signature>`. */
export function signCodeCommit({ secretAccessKey, region, host, path, timestamp }: SigningInput): string {
  const day = timestamp.slice(0, 8);
  const scope = [day, region, 'codecommit', 'aws4_request'];
  const canonical = `GIT\n${path}\n\nhost:${host}\n\nhost\n`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', timestamp, scope.join('/'), hash].join('\n');
  const key = scope.reduce<string | Buffer>((last, part) => hmac(last, part), `AWS4${secretAccessKey}`);
  return `${timestamp}Z${hmac(key, text).toString('hex')}`;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
