import { serverNames } from '@hourglass/webhooks';
import type { Command } from 'commander';

export function addDeliveryCommand(program: Command): void {
  program
    .command('delivery')
    .description('Explain one delivery of a git server offline: what it says, or why it is refused.')
    .argument('<file>', 'a JSON file, or - for standard input')
    .option('--json', 'print the outcome as one JSON object on standard output')
    .addHelpText(
      'after',
      `
The file holds what the server's page of recent deliveries shows:
  {"server": "gitlab", "headers": {"x-gitlab-event": "Push Hook"}, "body": "the exact text", "secret": "…"}

server      ${serverNames.join(', ')}
headers     names in lower case
body        the text as it was sent; or bodyBase64, for bytes that are no text
secret      of azure-devops user:password, or Header-Name:value; two as a list, while one gives way to the other
query, path of the address, where the token stands in it (backlog, generic): "token=…", "/hooks/main/…"
receivedAt  epoch seconds, where a signature binds the time (a signing token of gitlab, whsec_…); now, if left out

Exit status: 0 push, ping or ignored, 1 refused, 2 the file cannot be read.`,
    )
    .action(async (file: string, options: { json?: boolean }) => {
      const { runDelivery } = await import('./run-delivery.ts');
      process.exitCode = await runDelivery(file, options);
    });
}
