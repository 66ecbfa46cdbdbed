/** The exploration finds every bug that is planted, and nothing where it is not. */
import { describe } from 'vitest';
import { findPlanted } from './find-planted.ts';
import { plantedBugs } from './planted-bugs.ts';

describe('a planted bug is found', () => {
  findPlanted(plantedBugs);
});
