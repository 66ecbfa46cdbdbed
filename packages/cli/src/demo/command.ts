import type { Command } from 'commander';

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('Mirror a real repository through the whole flow in a simulated AWS, and show what it costs.')
    .option('--source <path|url...>', 'what to serve as on-premises (default: the repository this command stands in)')
    .option('--json', 'print the summary as one JSON object on standard output')
    .action(async (options: { source?: string[]; json?: boolean }) => {
      const { runDemo } = await import('./demo.ts');
      process.exitCode = await runDemo({ sources: options.source ?? [], json: options.json ?? false });
    });
}
