/** The refs of one side, by the git command. */
import type { MirrorOptions } from '../options.ts';
import { parseRefListing } from '../protocol/ref-name.ts';
import { networkOf, type SideName, type Sides } from '../sides.ts';
import { type GitContext, remoteAddress, runGitOrFail } from './run-git.ts';

/** @throws MirrorRefused, RelayFailed */
export async function listByGit(sides: Sides, side: SideName, git: GitContext, options: MirrorOptions) {
  const words = ['ls-remote', '--symref', '--', remoteAddress(sides[side])];
  const network = networkOf(side, options);
  const { stdout } = await runGitOrFail(`listing the refs of the ${side}`, words, git, sides[side], network);
  return parseRefListing(stdout);
}
