/** An operator's pauses, in a world without faults. */
import { createSimulatedWorld } from './world.ts';

/** One runs and one waits when everything is paused, four hours long; the next day one task is. @returns what the observer reports */
export async function pauseAndResume(assembly: string): Promise<string[]> {
  const behave = () => ({ durationMs: 600_000, ends: 'succeeds' as const });
  const world = await createSimulatedWorld({ assembly, seed: 1, behave });
  const pass = (hours: number) => world.cloud.driver.advanceBy(hours * 3_600_000);
  try {
    await world.request('mirror:app');
    await pass(0.1);
    await world.ask('PauseRequested');
    await world.request('mirror:web');
    await pass(4);
    // There are no endpoints any more, and this one is due at once.
    await world.request('mirror:docs', { maxDelaySeconds: 1 });
    await pass(0.1);
    await world.ask('ResumeRequested');
    await pass(24);
    await world.ask('PauseRequested', { taskKey: 'mirror:app' });
    await world.request('mirror:app');
    await pass(4);
    await world.ask('ResumeRequested', { taskKey: 'mirror:app' });
    await world.settle();
    return world.observer.violations.map(({ invariant, message }) => `${invariant}: ${message}`);
  } finally {
    await world.close();
  }
}
