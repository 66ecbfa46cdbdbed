/** Deliveries of every server, by the hundred, each with an id of its own where the id stands in a header. */
import { randomUUID } from 'node:crypto';
import { serverNames } from '@hourglass/webhooks';
import { kinds, sample } from '@hourglass/webhooks/testing';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

export const SECRET = 'user:correct horse battery staple';

/** The address that the samples of each server push to. */
export const sources: Record<string, string> = {
  'of-github': 'https://github.example.com/acme/widgets.git',
  'of-gitlab': 'https://gitlab.example.com/tools/deep/widgets.git',
  'of-gitea': 'https://gitea.example.com/acme/widgets.git',
  'of-forgejo': 'https://forgejo.example.com/acme/widgets.git',
  'of-gogs': 'https://gogs.example.com/acme/widgets.git',
  'of-bitbucket': 'https://bitbucket.example.com/scm/acme/widgets.git',
  'of-backlog': 'https://acme.backlog.example.com/git/ACME/widgets.git',
  'of-gitbucket': 'https://gitbucket.example.com/git/acme/widgets.git',
  'of-azure-devops': 'https://azure.example.com/tfs/Main/Acme%20Tools/_git/widgets',
  'of-generic': 'https://git.example.com/acme/widgets',
};

const idHeaders = /^(?:x-[a-z]+-delivery|x-request-id|idempotency-key)$/;

interface Given {
  event: APIGatewayProxyEventV2;
  isRight: boolean;
}

/** Of twenty deliveries one has 1 MB, and one has a wrong signature. Made once, since making them is no part of what is measured. */
const made: readonly Given[] = serverNames.flatMap((server, of) =>
  kinds.flatMap((kind, nth) => {
    const isRight = (of + nth * 3) % 20 !== 13;
    const found = sample(server, kind, isRight ? SECRET : 'guess:ed');
    if (found === undefined) return [];
    const { headers, body, query = '' } = found.delivery;
    // The gateway hands a form on as base64, and JSON as text.
    const isBase64Encoded = String(headers['content-type']).startsWith('application/x-www-form');
    const event = {
      rawPath: `/hooks/the-${server}`,
      rawQueryString: query,
      headers: headers as APIGatewayProxyEventV2['headers'],
      body: Buffer.from(body).toString(isBase64Encoded ? 'base64' : 'utf8'),
      isBase64Encoded,
    } as APIGatewayProxyEventV2;
    return [{ event, isRight: isRight || (server === 'bitbucket' && kind === 'ping'), kind }];
  }),
);

export function* deliveries(): Generator<Given, never> {
  const [small, large] = [made.filter(({ event }) => !isLarge(event)), made.filter(({ event }) => isLarge(event))];
  for (let n = 0; ; n += 1) {
    const { event, isRight } = (n % 20 === 7 ? large[n % large.length] : small[n % small.length]) as Given;
    const id = randomUUID();
    const headers = Object.fromEntries(
      Object.entries(event.headers).map(([name, value]) => [name, idHeaders.test(name) ? id : value]),
    );
    yield { event: { ...event, headers }, isRight };
  }
}

const isLarge = ({ body }: APIGatewayProxyEventV2) => (body?.length ?? 0) > 500_000;
