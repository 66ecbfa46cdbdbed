/** Every part that a test takes from outside the project. A new one goes here, and nowhere else. */
import { awsCli } from './aws-cli.ts';
import { browser } from './browser.ts';
import { curl } from './curl.ts';
import { java } from './java.ts';
import type { Part } from './part.ts';
import { ssh } from './ssh.ts';
import { sshServer } from './ssh-server.ts';
import { terminal } from './terminal.ts';

/** Each group is looked for in its order: the server is tried by the client. */
export const partGroups: readonly (readonly Part[])[] = [
  [java],
  [browser],
  [ssh, sshServer],
  [terminal],
  [awsCli],
  [curl],
];

export const parts: readonly Part[] = partGroups.flat();
