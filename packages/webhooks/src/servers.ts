/** Every server by the name that the configuration and the command call it. */
import { azureDevops } from './azure-devops.ts';
import { backlog } from './backlog.ts';
import { bitbucket } from './bitbucket.ts';
import type { Delivery, Server } from './delivery.ts';
import { forgejo } from './forgejo.ts';
import { generic } from './generic.ts';
import { gitbucket } from './gitbucket.ts';
import { gitea } from './gitea.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { gogs } from './gogs.ts';
import { filledHeader } from './headers.ts';

export const servers = {
  github,
  gitlab,
  gitea,
  forgejo,
  gogs,
  bitbucket,
  backlog,
  gitbucket,
  'azure-devops': azureDevops,
  generic,
} satisfies Record<string, Server>;

export type ServerName = keyof typeof servers;

export const serverNames = Object.keys(servers) as [ServerName, ...ServerName[]];

/** Each of these sends the headers of those below it too. */
const knownBy: [header: string, likely: readonly ServerName[]][] = [
  ['x-forgejo-event', ['forgejo', 'gitea']],
  ['x-gitea-event', ['gitea']],
  ['x-gogs-event', ['gogs']],
  ['x-gitlab-event', ['gitlab']],
  ['x-event-key', ['bitbucket']],
  ['x-github-event', ['github', 'gitbucket']],
];

/** A hint for whoever has configured another server than the one that sends; null where nothing speaks against it. */
export function hintAtSender(name: ServerName, delivery: Delivery): string | null {
  const found = knownBy.find(([header]) => filledHeader(delivery, header) !== undefined);
  const likely = found?.[1][0];
  if (likely === undefined || found?.[1].includes(name)) return null;
  return `Its headers are those of ${servers[likely].title}, and the source is configured as ${name}.`;
}
