/** A moment: how long ago it was, or its clock; the whole of it in UTC stands in its title. */
import { now } from '../state/clock.ts';
import { formatAge, formatNear } from '../words/words.ts';

const titleOf = (at: string) => `${at.slice(0, 19).replace('T', ' ')} UTC`;

export function Age({ at }: { at: string }) {
  return (
    <time dateTime={at} title={titleOf(at)}>
      {formatAge(Date.parse(at), now.value)}
    </time>
  );
}

export function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={titleOf(at)}>
      {formatNear(Date.parse(at), now.value)}
    </time>
  );
}
