import { type Command, Option } from 'commander';
import type { HookOptions } from './script.ts';

export function addHookCommand(program: Command): void {
  program
    .command('hook')
    .description(
      'Print a post-receive hook for a bare repository: each push asks for a mirror, and never waits for it.',
    )
    .requiredOption('--repository <name>', "the repository's name in CodeCommit, or that of the configuration")
    .addOption(new Option('--via <way>', 'how it asks').choices(['curl', 'aws']).default('curl'))
    .option(
      '--source-url <url>',
      'where the task fetches from; needed where the configuration names no source for the repository',
    )
    .option('--url <url>', "with curl: the webhook's address, the stack's output WebhookUrl")
    .option('--key-file <path>', 'with curl: the file that holds its key', '/etc/hourglass/key')
    .option('--deployment <name>', 'with aws: whose bus', 'main')
    .addHelpText(
      'after',
      `
Put it into the repository, and make it executable:
  hourglass hook --repository app --url https://…/requests > app.git/hooks/post-receive
  chmod +x app.git/hooks/post-receive

It asks in the background, for five seconds at most; a failure goes to syslog (journalctl -t hourglass), never to whoever pushes. The key is read
from its file at each push, and stands neither in the hook nor in the list of processes. With aws, the credentials are those of the AWS CLI.`,
    )
    .action(async (options: HookOptions) => {
      const { writeHook } = await import('./script.ts');
      const { script, notes } = writeHook(options);
      process.stdout.write(script);
      for (const note of notes) process.stderr.write(`hourglass: ${note}\n`);
    });
}
