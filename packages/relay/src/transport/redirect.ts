/** Where a redirect leads that a repository's server has answered with. Pure. */
import { MirrorRefused } from '../errors.ts';

export interface Redirected {
  /** The repository's address now. */
  readonly base: string;
  /** Whether it is another host, which must not see the credentials of this one. */
  readonly isElsewhere: boolean;
}

/** By the relay and by git: what was asked for encrypted is not done in the clear. */
export function plainRedirect(side: 'source' | 'destination'): MirrorRefused {
  return new MirrorRefused(
    `the ${side} redirects from https to http, where everybody on the way can read and change what passes: that is not followed; give the address that is meant`,
  );
}

/** @param because what keeps it from being followed */
export function unfollowedRedirect(side: 'source' | 'destination', because: 'configuration' | 'token'): MirrorRefused {
  const why = {
    configuration: "git's configuration does not let it be followed (http.followRedirects=false)",
    token: 'git would send the token on',
  };
  return new MirrorRefused(`the ${side} redirects, and ${why[because]}: give the address where it is`);
}

/** @param path of the request, behind the repository's address. @throws MirrorRefused if it is not to be followed */
export function resolveRedirect(
  side: 'source' | 'destination',
  base: string,
  path: string,
  location: string,
): Redirected {
  const before = new URL(base + path);
  if (!URL.canParse(location, before.href)) throw new MirrorRefused(`the ${side} redirects to an address that is none`);
  const after = new URL(location, before);
  if (before.protocol === 'https:' && after.protocol === 'http:') throw plainRedirect(side);
  if (!/^https?:$/.test(after.protocol))
    throw new MirrorRefused(`the ${side} redirects to a ${after.protocol} address`);
  if (!after.href.endsWith(path)) {
    throw new MirrorRefused(
      `the ${side} redirects to something that is not a repository: ${after.origin}${after.pathname}`,
    );
  }
  return {
    base: `${after.origin}${after.href.slice(after.origin.length, -path.length)}`,
    isElsewhere: after.host !== before.host,
  };
}
