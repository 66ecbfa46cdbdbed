/** The clock and who moves it. */
import { describe, expect, it } from 'vitest';
import { Driver } from './driver.ts';
import { VirtualClock } from './virtual-clock.ts';

function build(options: { interleave?: boolean } = {}): { clock: VirtualClock; driver: Driver; log: string[] } {
  const clock = new VirtualClock(1000);
  return { clock, driver: new Driver(clock, options), log: [] };
}

/** Real time that other work takes. */
function realTurns(turns: number): Promise<void> {
  return turns === 0
    ? Promise.resolve()
    : new Promise((resolve) => setImmediate(() => realTurns(turns - 1).then(resolve)));
}

describe('the driver', () => {
  it('runs what is due in order of time, then of scheduling', async () => {
    const { clock, driver, log } = build();
    for (const [atMs, name] of [
      [3000, 'c'],
      [2000, 'a'],
      [2000, 'b'],
    ] as const) {
      clock.schedule(atMs, name, () => void log.push(`${name}@${clock.nowMs()}`));
    }
    const cancelled = clock.schedule(2500, 'x', () => void log.push('x'));
    clock.cancel(cancelled);
    await driver.runUntilIdle();
    expect(log).toEqual(['a@2000', 'b@2000', 'c@3000']);
  });

  it('keeps order over many timers', async () => {
    const { clock, driver } = build();
    const seen: number[] = [];
    for (let index = 0; index < 2000; index++) {
      const atMs = 1000 + ((index * 7919) % 1009);
      clock.schedule(atMs, 't', () => void seen.push(atMs));
    }
    await driver.runUntilIdle();
    expect(seen).toEqual(seen.toSorted((left, right) => left - right));
    expect(seen).toHaveLength(2000);
  });

  it('does not move time while work is under way', async () => {
    const { clock, driver, log } = build();
    clock.schedule(2000, 'slow', async () => {
      await realTurns(5);
      log.push(`slow ended@${clock.nowMs()}`);
    });
    clock.schedule(2001, 'next', () => void log.push('next'));
    await driver.runUntilIdle();
    expect(log).toEqual(['slow ended@2000', 'next']);
  });

  it('moves time for work that sleeps on the clock', async () => {
    const { clock, driver, log } = build();
    clock.schedule(2000, 'sleeper', async () => {
      await clock.sleep(500, 'nap');
      log.push(`woke@${clock.nowMs()}`);
    });
    clock.schedule(2200, 'other', () => void log.push(`other@${clock.nowMs()}`));
    await driver.runUntilIdle();
    expect(log).toEqual(['other@2200', 'woke@2500']);
  });

  it('stops at the moment it is given, with what is due then done', async () => {
    const { clock, driver, log } = build();
    clock.schedule(2000, 'a', () => void log.push('a'));
    clock.schedule(2001, 'b', () => void log.push('b'));
    await driver.advanceTo(2000);
    expect(log).toEqual(['a']);
    expect(clock.nowMs()).toBe(2000);
    await driver.advanceBy(500);
    expect(log).toEqual(['a', 'b']);
    expect(clock.nowMs()).toBe(2500);
  });

  it('starts everything due at one moment before any of it ends, if asked to interleave', async () => {
    const run = async (interleave: boolean): Promise<string[]> => {
      const { clock, driver, log } = build({ interleave });
      for (const name of ['a', 'b']) {
        clock.schedule(2000, name, async () => {
          log.push(`${name} begins`);
          await realTurns(2);
          log.push(`${name} ends`);
        });
      }
      await driver.runUntilIdle();
      return log;
    };
    expect(await run(false)).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    expect((await run(true)).slice(0, 2)).toEqual(['a begins', 'b begins']);
  });

  it('throws what a timer threw', async () => {
    const { clock, driver } = build();
    clock.schedule(2000, 'bad', () => {
      throw new Error('broken world');
    });
    await expect(driver.runUntilIdle()).rejects.toThrow('broken world');
  });

  it('lets time pass at wall speed while held, and jumps again once released', async () => {
    const { clock, driver, log } = build();
    let release = () => {};
    clock.schedule(2000, 'process starts', () => {
      release = clock.hold('process');
    });
    clock.schedule(2010, 'soon', () => {
      log.push('soon');
      setTimeout(() => {
        log.push('process ended');
        release();
      }, 30);
    });
    clock.schedule(3_600_000, 'later', () => void log.push('later'));
    await driver.runUntilIdle();
    expect(log).toEqual(['soon', 'process ended', 'later']);
  });

  it('drives until stopped, taking in what comes from outside', async () => {
    const { clock, driver, log } = build();
    const driving = driver.drive({ speed: 'jump' });
    await clock.run(() => void clock.schedule(clock.nowMs() + 86_400_000, 'tomorrow', () => void log.push('tomorrow')));
    await realTurns(10);
    expect(log).toEqual(['tomorrow']);
    await driving.stop();
    expect(() => driver.drive({ speed: 1 }).stop()).not.toThrow();
  });

  it('drives N times faster than the wall', async () => {
    const { clock, driver } = build();
    const driving = driver.drive({ speed: 100_000 });
    const rungAtMs = await new Promise<number>((resolve) => {
      clock.schedule(1000 + 2_000_000, 'fire', () => resolve(clock.nowMs()));
    });
    await driving.stop();
    expect(rungAtMs).toBeGreaterThanOrEqual(2_001_000);
    expect(Number.isInteger(rungAtMs)).toBe(true);
  });
});
