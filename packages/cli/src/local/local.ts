/** `hourglass local`: the same world kept running on one port, until Ctrl-C. */

import type { Credentials } from '@hourglass/cloud';
import { isConsoleCall, serveWorld } from '../console/serve-world.ts';
import { standingIn } from '../demo/demo.ts';
import { UsageError } from '../errors.ts';
import { untilStopped } from '../until-stopped.ts';
import type { Carrier } from '../world/carrier.ts';
import { clockTime, describeTrace } from '../world/timeline.ts';
import { createWorld, type World } from '../world/world.ts';
import { writeLocalState } from './local-state.ts';

export interface LocalOptions {
  sources: string[];
  port: number;
  /** Virtual seconds that a real second takes while no task runs. */
  speed: number;
  carrier: Carrier;
  json: boolean;
  /** The console's, on 127.0.0.1; 0: any that is free. */
  consolePort: number;
  /** Whether the console may act. */
  allowActions: boolean;
}

export async function runLocal({
  sources,
  port,
  speed,
  carrier,
  json,
  consolePort,
  allowActions,
}: LocalOptions): Promise<void> {
  const say = (text: string) => void (json ? process.stderr : process.stdout).write(`${text}\n`);
  const stopped = untilStopped();
  say('Synthesizing the templates and deploying them into a simulated AWS …');
  const world = await createWorld({
    sources: sources.length > 0 ? sources : [standingIn()],
    startMs: Date.now(),
    carrier,
  });
  const closers = [() => world.close()];
  try {
    const { url } = await listen(world, port);
    closers.push(
      await writeLocalState({
        endpoint: url,
        region: world.cloud.region,
        deployment: world.deployment,
        credentials: world.cloud.credentialsFor('root'),
      }),
    );
    const page = await serveWorld(world, { port: consolePort, allowActions });
    closers.push(() => page.close());
    world.cloud.onTrace((trace) => {
      if (isConsoleCall(trace)) return;
      if (json) process.stdout.write(`${JSON.stringify(trace)}\n`);
      const line = describeTrace(trace);
      if (line && !json) say(`${clockTime(trace.atMs)}  ${line.who.padEnd(14)}  ${line.what}`);
    });
    const [webhookUrl] = Object.values(await world.cloud.apiUrls());
    if (webhookUrl === undefined) throw new Error('the deployment has no webhook');
    const hooks = world.hooks.map(({ source, ...hook }) => ({ address: `${webhookUrl}/hooks/${source}`, ...hook }));
    if (json) process.stdout.write(`${JSON.stringify({ kind: 'hooks', hooks, console: page.address })}\n`);
    say(explain(world, url, webhookUrl, hooks, speed));
    say(explainConsole(page.address, allowActions));
    const driving = world.cloud.driver.drive({ speed });
    await Promise.race([stopped, driving.done]);
    await driving.stop();
    say('\nStopping …');
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function listen(world: World, port: number): Promise<{ url: string }> {
  try {
    return await world.cloud.listen(port);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EADDRINUSE') throw error;
    throw new UsageError(`port ${port} is in use; choose another with --port`);
  }
}

function explain(world: World, url: string, webhookUrl: string, hooks: HookAddress[], speed: number): string {
  const { deployment, repositories, apiKey, cloud, client } = world;
  const [repository] = repositories;
  const detail = JSON.stringify({ version: 1, repository: repository?.name, sourceUrl: repository?.sourceUrl });
  const entry = [
    {
      EventBusName: `hourglass-${deployment}`,
      Source: 'hourglass.client',
      DetailType: 'MirrorRequested',
      Detail: detail,
    },
  ];
  const body = JSON.stringify({ repository: repository?.name, sourceUrl: repository?.sourceUrl });
  return `
Every AWS API of this world is at ${url}. A virtual minute takes ${(60 / speed).toFixed(1)} s while no task runs.

Request a mirror with the AWS CLI, as an on-premises client, who may do just that:

  ${exportKeys(client)}
  export AWS_DEFAULT_REGION=${cloud.region}
  aws events put-events --endpoint-url ${url} --entries '${JSON.stringify(entry)}'

Late in a clock hour a request waits for the next, ten minutes at most; "maxDelaySeconds": 0 in its detail makes it start at once.

Or through the webhook:

  curl -X POST ${webhookUrl}/requests -H 'x-api-key: ${apiKey}' -H 'content-type: application/json' -d '${body}'

Or as a git server's own webhook does after a push; paste address and secret into its settings page:

${hooks.map(({ address, server, secret }) => `  ${server.padEnd(8)}  ${address}  secret ${secret}`).join('\n')}

  ${curlGitlab(world, hooks)}

Then compare:

  git ls-remote --heads --tags ${repository?.sourceUrl}
  git ls-remote --heads --tags ${repository?.destinationUrl}

Push to what is served, as developers do; and to see a mirror fail, let the server want a password that nobody knows:

  git push ${repository?.path} HEAD:main
  echo secret > ${repository?.path}/hourglass-password

As an operator, in another terminal; this world is found by itself:

  hourglass status
  hourglass request mirror ${repository?.name} --wait

As the account's administrator you may look at everything (queues, tables, stacks, tasks), and stop a task:

  ${exportKeys(cloud.credentialsFor('root'))}
  aws ecs list-tasks --cluster hourglass-${deployment} --endpoint-url ${url}
`;
}

function explainConsole(address: string, allowActions: boolean): string {
  const acts = allowActions ? '' : ' It only looks; with --allow-actions it may replay, pause and the like.';
  return `See it in the browser:\n\n  ${address}\n\nThe address holds a token and is for this machine alone.${acts}\n\nCtrl-C ends all.\n`;
}

interface HookAddress {
  address: string;
  server: string;
  secret: string;
}

/** A push as GitLab sends it, as far as it matters here. */
function curlGitlab({ repositories: [repository] }: World, hooks: HookAddress[]): string {
  const gitlab = hooks.find(({ server }) => server === 'gitlab');
  const push = {
    object_kind: 'push',
    ref: 'refs/heads/main',
    project: { path_with_namespace: repository?.name, git_http_url: repository?.sourceUrl },
  };
  return `curl -X POST ${gitlab?.address} -H 'X-Gitlab-Event: Push Hook' -H 'X-Gitlab-Token: ${gitlab?.secret}' -H 'content-type: application/json' -d '${JSON.stringify(push)}'`;
}

/** Exported, so that a later use of other keys replaces them whole. */
function exportKeys({ accessKeyId, secretAccessKey, sessionToken }: Credentials): string {
  return `export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} AWS_SESSION_TOKEN=${sessionToken}`;
}
