import { type Command, InvalidArgumentError } from 'commander';
import { addDeploymentOptions } from '../operate/options.ts';
import type { BillOptions } from './run-bill.ts';

export function addBillCommand(program: Command): void {
  addDeploymentOptions(program.command('bill'))
    .description('Say how the bill has really counted the endpoint hours, beside what the ledger believes.')
    .option(
      '--month <YYYY-MM>',
      'in UTC (default: the month that now is, or the last one of the ledger’s file)',
      parseMonth,
    )
    .option(
      '--file <path...>',
      'a Cost and Usage Report, CUR 2.0 or FOCUS export by the hour: CSV, gzip or Parquet (default: Cost Explorer, 14 days, 0.01 USD a page)',
    )
    .option(
      '--ledger <file>',
      'the ledger from a file, such as `hourglass bill --json` prints, instead of the deployment',
    )
    .option('--account <id>', 'only lines of this account (default: the one of the ledger)')
    .option('--export <file>', 'write the share of each repository as CSV with FOCUS columns')
    .addHelpText(
      'after',
      `
anchored: hours count from each endpoint's creation. clock: every UTC hour touched is one. AWS does not say which holds.
Works offline with --ledger and --file together. Not enough evidence is exit status 0 too.`,
    )
    .action(async (options: BillOptions) => {
      const { runBill } = await import('./run-bill.ts');
      await runBill(options);
    });
}

function parseMonth(text: string): string {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a month such as 2026-10.');
}
