/** Every page of the console, in either colours, width and language: what axe knows of barriers. */
import { describe, it } from 'vitest';
import { needs } from '../parts/needs.ts';
import { expectNoBarriers, useBrowser } from './open-console.ts';

describe('the console in a browser', needs('browser'), () => {
  useBrowser();

  it('has no barrier that axe knows, on any page in either look', () => expectNoBarriers(() => true));
});
