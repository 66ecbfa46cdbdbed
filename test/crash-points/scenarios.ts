/** The histories in which handlers are killed. Each ends by itself, and says how its requests must have ended. */
import { MINUTE_MS } from '@hourglass/lease';
import type { Behaviour } from '../simulation/virtual-tasks.ts';
import type { SimulatedWorld } from '../simulation/world.ts';

export interface Scenario {
  name: string;
  behaviour: Behaviour;
  play(world: SimulatedWorld): Promise<void>;
  /** `dead`: after its last attempt, with its message in the failed-mirrors queue. */
  ends: 'succeeded' | 'dead';
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
];
