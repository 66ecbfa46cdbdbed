/** Who hears what became of a request, in the configuration: a mailbox or topic, the commits on their git server, an address of the user's. Each is off unless it is named. */
import { z } from 'zod';
import { secret } from './config-webhooks.ts';

const httpsUrl = z.url({ protocol: /^https$/, error: 'must be an https URL' });

const topic = z.union(
  [
    z.strictObject({ email: z.email('must be an e-mail address') }),
    z.strictObject({
      topicArn: z
        .string()
        .regex(
          /^arn:[\w-]+:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/,
          'must be the ARN of a standard topic of SNS, such as arn:aws:sns:ap-northeast-1:123456789012:git-mirrors',
        ),
    }),
  ],
  "must be { email: 'team@example.com' } or { topicArn: 'arn:aws:sns:…' }",
);

/** Servers whose API for commit statuses is known, with where it stands below the host. */
export const statusApis = { github: '/api/v3', gitlab: '/api/v4', gitea: '/api/v1', forgejo: '/api/v1' } as const;

const commitStatus = z.strictObject({
  server: z.enum(
    Object.keys(statusApis) as (keyof typeof statusApis)[],
    `must be one of ${Object.keys(statusApis).join(', ')}: the others have no commit statuses that Hourglass knows`,
  ),
  token: secret,
  api: httpsUrl.transform((url) => url.replace(/\/+$/, '')).optional(),
});

const destination = z.strictObject({
  url: httpsUrl,
  connectionArn: z
    .string()
    .regex(
      /^arn:[\w-]+:events:[a-z0-9-]+:\d{12}:connection\/[\w.-]+\/[0-9a-f-]{36}$/,
      'must be the ARN of a connection of EventBridge: aws events create-connection',
    ),
  perSecond: z.int().min(1, 'must be 1 to 300').max(300, 'must be 1 to 300').default(10),
});

export const answers = z
  .strictObject({
    notify: topic.optional(),
    commitStatus: z.record(z.string(), commitStatus).default({}),
    destination: destination.optional(),
  })
  .prefault({});

/** Checked. */
export type Answers = z.output<typeof answers>;

/** Whether there is anything that a function must do. */
export function hasNotifier({ answers }: { readonly answers: Answers }): boolean {
  return answers.notify !== undefined || Object.keys(answers.commitStatus).length > 0;
}

/** Statuses for hosts that no repository is at. */
export function refuseUnknownHosts(
  { answers, repositorySources }: { readonly answers: Answers; readonly repositorySources: Record<string, string> },
  hosts: readonly string[],
  refuse: (path: string[], message: string) => void,
): void {
  for (const host of Object.keys(answers.commitStatus)) {
    const path = ['answers', 'commitStatus', host];
    if (!hosts.includes(host)) refuse(path, `must be one of sources.hosts, in lower case (${hosts.join(', ')})`);
    else if (Object.keys(repositorySources).length === 0)
      refuse(path, "needs to know which repository is where: repositories: { app: { source: 'https://…/app.git' } }");
  }
}

/** The hosts as the notifier reads them: where each one's token rests, never the token. */
export function statusHosts({ commitStatus }: Answers) {
  return Object.fromEntries(
    Object.entries(commitStatus).map(([host, { server, token, api }]) => [
      host,
      { server, parameter: token.parameter, api: api ?? apiOf(host, server) },
    ]),
  );
}

function apiOf(host: string, server: keyof typeof statusApis): string {
  // https://docs.github.com/en/enterprise-server/rest/overview/resources-in-the-rest-api: only github.com has a host of its own.
  return host === 'github.com' ? 'https://api.github.com' : `https://${host}${statusApis[server]}`;
}
