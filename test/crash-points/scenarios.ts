/** The histories in which handlers are killed. Each ends by itself, and says how its requests must have ended. */
import { MINUTE_MS } from '@hourglass/lease';
import type { DirectFates } from '../simulation/faults/direct.ts';
import type { DestinationFate } from '../simulation/git/destination-server.ts';
import type { Behaviour } from '../simulation/virtual-tasks.ts';
import type { SimulatedWorld } from '../simulation/world.ts';

export interface Scenario {
  name: string;
  behaviour: Behaviour;
  play(world: SimulatedWorld): Promise<void>;
  /** The direct carrier's, with what befalls its git servers. */
  direct?: () => DirectFates;
  /** `dead`: after its last attempt, with its message in the failed-mirrors queue. */
  ends: 'succeeded' | 'dead';
}

const untroubled: DirectFates = { source: () => undefined, destination: () => undefined };

/** The first push only. */
function once(fate: DestinationFate): DirectFates['destination'] {
  let left = 1;
  return (isPush) => (isPush && left-- > 0 ? fate : undefined);
}

const succeeds: Behaviour = { durationMs: MINUTE_MS, ends: 'succeeds' };
const pass = ({ cloud }: SimulatedWorld, minutes: number) => cloud.driver.advanceBy(minutes * MINUTE_MS);
const cold = async (world: SimulatedWorld) => void (await world.request('mirror:app'));

export const scenarios: readonly Scenario[] = [
  { name: 'cold-request', behaviour: succeeds, ends: 'succeeded', play: cold },
  {
    name: 'request-while-open',
    behaviour: succeeds,
    ends: 'succeeded',
    async play(world) {
      await cold(world);
      await pass(world, 10);
      await world.request('mirror:app');
      await world.request('mirror:web');
    },
  },
  {
    name: 'overrun',
    behaviour: { durationMs: 58 * MINUTE_MS, ends: 'succeeds' },
    ends: 'succeeded',
    play: cold,
  },
  {
    name: 'failed-create',
    behaviour: succeeds,
    ends: 'succeeded',
    async play(world) {
      world.cloud.parts.cloudformation.failNextCreate('the endpoint could not be made');
      await cold(world);
    },
  },
  { name: 'failed-task', behaviour: { durationMs: MINUTE_MS, ends: 'fails' }, ends: 'dead', play: cold },
  {
    name: 'failed-delete',
    behaviour: succeeds,
    ends: 'succeeded',
    async play(world) {
      world.cloud.parts.cloudformation.failNextDelete('a network interface is in use');
      await cold(world);
    },
  },
  { name: 'direct', behaviour: succeeds, ends: 'succeeded', play: cold, direct: () => untroubled },
  {
    name: 'direct-again',
    behaviour: succeeds,
    ends: 'succeeded',
    async play(world) {
      await cold(world);
      await world.cloud.driver.advanceBy(1_000);
      await world.request('mirror:app');
      await pass(world, 10);
      await world.request('mirror:app');
    },
    direct: () => untroubled,
  },
  {
    name: 'direct-moved',
    behaviour: succeeds,
    ends: 'succeeded',
    play: cold,
    direct: () => ({ ...untroubled, destination: once('moves') }),
  },
  {
    name: 'direct-handed-over',
    behaviour: succeeds,
    ends: 'succeeded',
    async play(world) {
      world.functionOf('fetcher').configure({ MAX_PACK_BYTES: '1024' });
      // So much that the pack is bigger than that.
      for (let push = 0; push < 12; push += 1) world.sources.of('mirror:app').head += 1;
      await cold(world);
    },
    direct: () => untroubled,
  },
  {
    name: 'direct-dead',
    behaviour: succeeds,
    ends: 'dead',
    play: cold,
    direct: () => ({ ...untroubled, source: () => 'broken' as const }),
  },
];
