/** What befalls the direct carrier: its store, the function that stands in the VPC, and the git servers on both sides. */
import { AwsError, type CallFault, type Cloud, type FaultedCall } from '@hourglass/cloud';
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import type { DestinationFate } from '../git/destination-server.ts';
import type { SourceFate } from '../git/source-server.ts';
import type { Dice } from './dice.ts';

export interface DirectFates {
  source(): SourceFate;
  destination(isPush: boolean): DestinationFate;
}

export function createDirectFates(dice: Dice): DirectFates {
  return {
    source() {
      if (dice.happens('source-hangs')) return 'hangs';
      if (dice.happens('source-closes')) return 'closes';
      if (dice.happens('source-broken')) return 'broken';
      return dice.happens('source-busy') ? 'busy' : undefined;
    },
    destination(isPush) {
      if (dice.happens('destination-hangs')) return 'hangs';
      if (dice.happens('destination-busy')) return 'busy';
      if (!isPush) return undefined;
      if (dice.happens('destination-moves')) return 'moves';
      return dice.happens('destination-lost') ? 'lost' : undefined;
    },
  };
}

/** As long as the interface of a function takes that was put away. */
const PENDING_MS = MINUTE_MS;

/** Refusals of S3, call by call or for a while, and of a function that was put away. */
export function createDirectRefusals({ clock }: Cloud, dice: Dice): (call: FaultedCall) => CallFault | undefined {
  const [slowDown, unavailable] = [
    new AwsError('SlowDown', 'Please reduce your request rate.', { httpStatus: 503 }),
    new AwsError('ServiceUnavailable', 'Service is unable to handle request.', { httpStatus: 503 }),
  ];
  let [fromMs, untilMs, nextLookMs, readyAtMs] = [0, 0, 0, 0];
  return ({ service, operation, input }) => {
    const nowMs = clock.nowMs();
    if (service === 's3') {
      while (nextLookMs <= nowMs) {
        nextLookMs = Math.max(nextLookMs + 6 * HOUR_MS, nowMs);
        if (!dice.happens('store-outage')) continue;
        const random = dice.of('store-outage');
        fromMs = nowMs + random.between(0, 60) * MINUTE_MS;
        untilMs = fromMs + random.between(2, 60) * MINUTE_MS;
      }
      if (nowMs >= fromMs && nowMs < untilMs) return { refuse: unavailable };
      if (dice.happens('store-refused')) return { refuse: slowDown };
      const isPack = operation === 'GetObject' && String(input.Key).startsWith('packs/');
      return isPack && dice.happens('stored-broken') ? { instead: (run) => readBroken(run(input)) } : undefined;
    }
    if (operation !== 'Invoke' || !String(input.FunctionName).includes('-fetcher')) return undefined;
    const isInactive = nowMs >= readyAtMs && dice.happens('function-inactive');
    if (isInactive) readyAtMs = nowMs + PENDING_MS;
    if (nowMs >= readyAtMs) return undefined;
    const message = `The operation cannot be performed at this time. The function is currently in the following state: ${isInactive ? 'Inactive' : 'Pending'}`;
    return { refuse: new AwsError('ResourceConflictException', message, { httpStatus: 409 }) };
  };
}

/** A byte of what is read is another one than was stored. */
async function readBroken(answers: unknown): Promise<unknown> {
  const answer = (await answers) as { body: Buffer };
  const body = Buffer.from(answer.body);
  body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 0x20;
  return Object.assign(Object.create(Object.getPrototypeOf(answer)), answer, { body });
}
