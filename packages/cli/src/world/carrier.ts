/** What carries mirrors in a world: the commands' option. */
import { Option } from 'commander';

export type Carrier = 'fargate' | 'direct';

export function carrierOption(): Option {
  return new Option('--carrier <name>', 'what carries mirrors: a Fargate task, or two functions and no paid endpoint')
    .choices(['fargate', 'direct'])
    .default('fargate');
}
