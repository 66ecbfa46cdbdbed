import { type Command, InvalidArgumentError } from 'commander';
import { type Carrier, carrierOption } from '../world/carrier.ts';

interface DemoCommandOptions {
  source?: string[];
  carrier: Carrier;
  json?: boolean;
  console?: boolean;
  pace?: number;
  allowActions?: boolean;
}

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('Mirror a real repository through the whole flow in a simulated AWS, and show what it costs.')
    .option('--source <path|url...>', 'what to serve as on-premises (default: the repository this command stands in)')
    .addOption(carrierOption())
    .option('--console', 'show it in the browser while it happens')
    .option(
      '--pace <factor>',
      'virtual seconds that a real second takes (default: as fast as can be; with --console 60)',
      parsePace,
    )
    .option('--allow-actions', 'let the console replay, pause, request and the like')
    .option('--json', 'print the summary as one JSON object on standard output')
    .action(async (options: DemoCommandOptions) => {
      const { runDemo } = await import('./demo.ts');
      process.exitCode = await runDemo({
        sources: options.source ?? [],
        carrier: options.carrier,
        json: options.json ?? false,
        console: options.console ?? false,
        allowActions: options.allowActions ?? false,
        pace: options.pace ?? (options.console ? 60 : undefined),
      });
    });
}

function parsePace(text: string): number {
  const pace = Number(text);
  if (pace > 0 && pace <= 100_000) return pace;
  throw new InvalidArgumentError('It must be a number above 0, and at most 100000.');
}
