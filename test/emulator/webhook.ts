/** Posts to the deployed HTTP API, whose host name only the emulator knows. */
import { request } from 'node:http';

export function post(
  endpoint: string,
  url: string,
  body: object,
  apiKey?: string,
): Promise<{ status: number; body: string }> {
  const { host, pathname } = new URL(url);
  const { hostname, port } = new URL(endpoint);
  const headers = { host, 'content-type': 'application/json', ...(apiKey !== undefined && { 'x-api-key': apiKey }) };
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path: pathname, method: 'POST', headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString() }));
    });
    call.on('error', reject);
    call.end(JSON.stringify(body));
  });
}
