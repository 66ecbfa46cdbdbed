/** The options that `mirror` and `plan` have in common. */
import { type Command, Option } from 'commander';

export const CREDENTIALS = `
Credentials are never arguments. A user and password may stand in a URL, in files (--source-user with --source-password-file,
--source-token-file), or in HOURGLASS_SOURCE_USER, HOURGLASS_SOURCE_PASSWORD and HOURGLASS_SOURCE_TOKEN; DESTINATION in place
of SOURCE for the other side. A token is sent as "Authorization: Bearer"; where a server wants it as a password, give it as one.
Where nothing is given and a server asks, git's own credential helpers are asked.
`;

export function withChoices(command: Command): Command {
  command
    .addOption(
      new Option('--divergence <policy>', 'a branch that somebody has pushed to at the destination')
        .choices(['overwrite', 'keep', 'fail'])
        .default('overwrite'),
    )
    .option('--allow-mass-delete', 'go on when the source is empty or has lost most of its refs')
    .option(
      '--include <pattern>',
      'branches and tags to mirror, may be given again; * stands for anything (default: all)',
      collect,
    )
    .option('--exclude <pattern>', 'branches and tags to leave alone on both sides, may be given again', collect)
    .option(
      '--map <src:dst>',
      'a branch or ref that is to have another name there, may be given again; without --include nothing else is mirrored',
      collect,
    )
    .option(
      '--source-address <ip>',
      "connect to this address; certificate and host key must still be those of the source's name",
    )
    .option(
      '--source-ca-bundle <file>',
      "certificate authorities (PEM) to trust for the source, instead of the system's",
    )
    .option('--source-known-hosts <file>', 'host keys to trust for an ssh source, as ssh has them in known_hosts');
  for (const side of ['source', 'destination']) {
    command
      .option(`--${side}-user <name>`, `user of the ${side}`)
      .option(`--${side}-password-file <file>`, `file that holds the password of the ${side}`)
      .option(`--${side}-token-file <file>`, `file that holds a bearer token of the ${side}`);
  }
  return command;
}

function collect(pattern: string, before: string[] = []): string[] {
  return [...before, pattern];
}
