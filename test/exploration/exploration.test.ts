/** Every interleaving within a bound, its nearest states: `exploration.proof.test.ts` takes more, `.ci/run` all of the first bound, `pnpm explore` larger ones. */
import { describeExploration } from './first-bounds.ts';

describeExploration(300);
