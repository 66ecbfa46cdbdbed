/** Webhooks' bodies, headers and addresses, by every git server: signed, so that the body is read. */

import { ok } from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import {
  createMatcher,
  type DeliveryHeaders,
  readDelivery,
  serverNames,
} from '../../../packages/webhooks/src/index.ts';
import { kinds, sample } from '../../../packages/webhooks/src/testing/index.ts';
import type { Target } from '../target.ts';

const SECRET = 'a-secret-of-the-hook';
const samples = serverNames.flatMap((server) =>
  kinds.flatMap((kind) => {
    const found = kind === '1 MB' ? undefined : sample(server, kind, SECRET);
    return found === undefined ? [] : [{ server, delivery: found.delivery }];
  }),
);

/** Headers with the signatures that this body needs, as far as they are made of the body alone. */
function signed(headers: DeliveryHeaders, body: Buffer): DeliveryHeaders {
  const hmac = createHmac('sha256', SECRET).update(body).digest('hex');
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      String(value).replace(/^(sha256=)?[0-9a-f]{64}$/, `$1${hmac}`),
    ]),
  );
}

export const doors: Record<string, Target> = {
  webhook: {
    run(bytes) {
      const like = samples[(bytes[0] ?? 0) % samples.length];
      if (like === undefined) return;
      const body = bytes.subarray(1);
      const delivery = { ...like.delivery, body, headers: signed(like.delivery.headers, body) };
      const outcome = readDelivery(like.server, delivery);
      ok(!JSON.stringify(outcome).includes(SECRET));
      if (outcome.outcome !== 'push') return;
      const addresses = { app: 'https://git.example.test/team/app.git', lib: 'ssh://git@git.example.test:22/team/lib' };
      createMatcher({ server: like.server, hosts: ['git.example.test'] }, addresses).match(outcome.repository);
    },
    seeds: samples.map(({ delivery }, n) => String.fromCharCode(n) + Buffer.from(delivery.body).toString('latin1')),
  },
};
