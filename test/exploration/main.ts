/**
 * `pnpm explore [--requests 1|2] [--faults N] [--pauses N] [--states N]`: the exploration within any bound. Exit 1 on a violation.
 */
import { parseArgs } from 'node:util';
import { oneRepository, twoRequests } from './bounds.ts';
import { explore } from './explore.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '2' },
    faults: { type: 'string', default: '0' },
    pauses: { type: 'string', default: '0' },
    states: { type: 'string', default: '1000000' },
  },
});
const bound = {
  requests: twoRequests(oneRepository).slice(0, Number(values.requests)),
  fences: 2,
  faults: Number(values.faults),
  pauses: Number(values.pauses),
  states: Number(values.states),
};
const { violation, ...counts } = await explore(bound);
console.log(JSON.stringify({ bound, ...counts, violation }, null, 2));
process.exitCode = violation ? 1 : 0;
