/**
 * Addresses of CodeCommit repositories, and the one rule for their names. Everybody who reads such an address or name reads it here.
 *
 *     codecommit::REGION://[PROFILE@]NAME
 *     https://[vpce-….]git-codecommit[-fips].REGION.[vpce.]amazonaws.com[.cn]/v1/repos/NAME
 *
 * https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html
 */

export interface CodeCommitAddress {
  readonly region: string;
  readonly name: string;
  /** Of the shared AWS configuration. */
  readonly profile?: string;
}

/** The characters and the length; {@link refuseRepositoryName} has the rest. */
export const REPOSITORY_NAME = /^[\w.-]{1,100}$/;

const SHORT = /^codecommit::([a-z]{2}(?:-[a-z]+)+-\d+):\/\/(?:([\w.-]+)@)?(.*)$/s;
/** Interface endpoints without private DNS have names of their own, in front. */
const HOST = String.raw`(?:vpce-[^.@/]+\.)?git-codecommit(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?amazonaws\.com(?:\.cn)?`;
const ONLY_HOST = new RegExp(`^${HOST}$`);
/** Of a user or password that was not encoded, as the relay reads it; hosts and protocols have no case. */
const LONG = new RegExp(`^https://(?:[^/]*@)?${HOST}(?::\\d+)?/v1/repos/(.*?)/*$`, 'is');

/** Why CodeCommit has no repository of this name; undefined if it may. */
export function refuseRepositoryName(name: string): string | undefined {
  if (!REPOSITORY_NAME.test(name)) {
    return 'must be 1 to 100 letters, digits, periods, underscores or hyphens, as CodeCommit demands';
  }
  if (name === '.' || name === '..') return 'must not be . or .., which lead to another path';
  return /\.git$/i.test(name) ? 'must not end in .git, as CodeCommit demands' : undefined;
}

/** Reads either form, whatever the name is; undefined for every other address. */
export function readCodeCommit(address: string): CodeCommitAddress | undefined {
  const [, region, profile, name] = SHORT.exec(address) ?? [];
  if (region !== undefined && name !== undefined) return { region, name, ...(profile ? { profile } : {}) };
  const [, itsRegion, itsName] = LONG.exec(address) ?? [];
  return itsRegion !== undefined && itsName !== undefined
    ? { region: itsRegion.toLowerCase(), name: itsName }
    : undefined;
}

/** The region of a CodeCommit host. */
export function codeCommitRegion(hostname: string): string | undefined {
  return ONLY_HOST.exec(hostname)?.[1];
}

export function codeCommitHost(region: string): string {
  return `git-codecommit.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
}
