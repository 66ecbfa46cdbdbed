/** A few of the crash points; `.ci/run` takes a share of each scenario's, `pnpm simulate:crashes` all. */
import { describe, expect, inject, it } from 'vitest';
import { alikeOf, formatPoints, parsePoints, runWith } from './crash.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { search } from './search.ts';

const OF = 48;
const assemblies = () => ({ fargate: inject('assembly'), direct: inject('assemblyDirect') });
const scenarioOf = (name: string) => scenarios.find((one) => one.name === name) as Scenario;

describe('a handler that dies at a call of its own', () => {
  it.each(['cold-request', 'direct'].map((name, index) => ({ ...scenarioOf(name), part: index * 7 + 3 })))(
    'converges: $name',
    async ({ part, ...scenario }) => {
      const found = await search(scenario, assemblies(), { pairs: false, slice: { part, of: OF } });
      expect(found.violations).toEqual([]);
      expect(found.points).toBeGreaterThan(0);
      expect(found.converged).toBe(found.points);
    },
  );

  it('does nothing after that call, and Lambda runs it again', async () => {
    const cold = scenarioOf('cold-request');
    const { calls } = await runWith([], cold, assemblies());
    const call = calls.indexOf('provisioner: cloudformation.CreateStack') + 1;
    expect(call).toBeGreaterThan(0);
    const run = await runWith([{ call, dies: 'before' }], cold, assemblies());
    expect(run).toMatchObject({ deaths: 1, violations: [] });
    // The stack was never asked for: the fence is burnt, and the next opening asks anew.
    expect(run.calls.filter((one) => one === 'provisioner: cloudformation.CreateStack')).toHaveLength(2);
  });

  it('leads to the same world before and after a read, answered with an error or not: in pairs one point stands for them all', async () => {
    const cold = scenarioOf('cold-request');
    const whole = await runWith([], cold, assemblies());
    // Answered with an error: there is no such repository yet, and it is made next.
    const read = whole.calls.indexOf('provisioner: codecommit.GetRepository') + 1;
    const alike = alikeOf(whole).find((points) => points.some(({ call }) => call === read)) ?? [];
    const points = alike.map(({ call, dies }) => `${call - read}.${dies}`);
    expect(points).toEqual(expect.arrayContaining(['-1.after', '0.before', '0.after', '1.before']));
    expect(points).not.toContain('1.after');
    const runs = await Promise.all(alike.map((point) => runWith([point], cold, assemblies())));
    const after = runs.map(({ calls }, index) => calls.slice(alike[index]?.call).join('\n'));
    expect(new Set(after).size).toBe(1);
  });

  it('is reported where it does not converge', async () => {
    const cold = scenarioOf('cold-request');
    const impossible: Scenario = { ...cold, ends: 'dead' };
    const { violations } = await search(impossible, assemblies(), {
      pairs: false,
      slice: { part: 0, of: 1_000 },
    });
    expect(violations.at(-1)).toEqual({ points: '1.before', messages: ['mirror:app is in no failed-mirrors queue'] });
  });
});

it('points are written as they are read', () => {
  const points = [
    { call: 12, dies: 'before' as const },
    { call: 30, dies: 'after' as const },
  ];
  expect(parsePoints(formatPoints(points))).toEqual(points);
  for (const text of ['', '0.before', '3', '3.during', '3.before,']) expect(parsePoints(text)).toBeUndefined();
});
