/** `hourglass doctor` against the simulated AWS: silent on a sound deployment, and each of many planted faults is found by name, by reading alone. */
import type { Trace } from '@hourglass/cloud';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { plantedFaults } from './planted-faults.ts';
import { openSoundWorld, type SoundWorld } from './sound-world.ts';

let world: SoundWorld;
beforeAll(async () => {
  world = await openSoundWorld();
});
afterAll(() => world.close());

const wrong = async (more?: { localNowMs: number }) =>
  (await world.examine(more)).filter(({ level }) => level !== 'ok');

it('is silent on a sound deployment, and lists what it looked at', async () => {
  expect(await wrong()).toEqual([]);
  const looked = await world.examine();
  expect(looked.length).toBeGreaterThanOrEqual(25);
  for (const { level, mend } of looked) expect([level, mend]).toEqual(['ok', null]);
});

it('only reads: the record has no other call of the operator', async () => {
  const operations = new Set<string>();
  const stop = world.cloud.onTrace((trace: Trace) => {
    if (trace.kind === 'api' && trace.caller.kind === 'root') operations.add(`${trace.service}:${trace.operation}`);
  });
  await world.examine();
  stop();
  expect(operations.size).toBeGreaterThan(20);
  for (const one of operations) expect(one).toMatch(/:(Describe|Get|List|BatchGet|Head|Simulate)\w+$/);
});

it('knows at least 25 faults, each by its own words', () => {
  expect(plantedFaults.length).toBeGreaterThanOrEqual(25);
  expect(new Set(plantedFaults.map(({ says }) => String(says))).size).toBe(plantedFaults.length);
});

it.each(plantedFaults)('finds $is, by the check $check', async ({ check, level = 'fault', says, plant }) => {
  const undo = await plant(world.cloud);
  try {
    const found = await wrong();
    const messages = found.filter((one) => one.check === check).map((one) => `${one.subject}: ${one.message}`);
    expect(messages).toContainEqual(expect.stringMatching(says));
    const own = found.find((one) => says.test(`${one.subject}: ${one.message}`));
    expect(own?.level).toBe(level);
    expect(own?.mend).toMatch(/\w/);
  } finally {
    await undo();
  }
});

it('what was planted has been taken out again', async () => {
  expect(await wrong()).toEqual([]);
});

it('finds a clock that is wrong, and how AWS takes it', async () => {
  const nowMs = world.deployment.nowMs();
  expect(await wrong({ localNowMs: nowMs + 5_000 })).toEqual([]);
  expect(await wrong({ localNowMs: nowMs + 60_000 })).toMatchObject([{ check: 'clocks', level: 'warning' }]);
  expect(await wrong({ localNowMs: nowMs - 600_000 })).toMatchObject([
    { check: 'clocks', level: 'fault', message: expect.stringMatching(/600 s behind AWS/) },
  ]);
});

it('what may not be looked at is reported as such, and the rest is checked', async () => {
  const { AwsError } = await import('@hourglass/cloud');
  world.cloud.setFaults(({ service, operation }) =>
    operation === 'SimulatePrincipalPolicy' || service === 'route53'
      ? { refuse: new AwsError('AccessDenied', 'you may not', { httpStatus: 403 }) }
      : undefined,
  );
  const found = await wrong();
  world.cloud.setFaults(undefined);
  expect(found).toMatchObject([
    { check: 'private-dns', level: 'warning', message: 'not checked: you may not' },
    { check: 'roles', level: 'warning', message: 'not checked: you may not' },
  ]);
});
