/** As `exploration.test.ts`, and four times as far. */
import { describeExploration } from './first-bounds.ts';

describeExploration(4_000);
