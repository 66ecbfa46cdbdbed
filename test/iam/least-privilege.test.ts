/** Each role may do exactly what the scenarios show it doing, and what AWS demands on the way. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { auditPermissions, describePermission, findDenied } from './audit.ts';
import { listPermissions, type Permission, type Template, withAction } from './permissions.ts';
import { type Recording, recordScenarios } from './record.ts';
import { demandedOnTheWay, isSourced, sourced, wildcards } from './sourced.ts';

const assembly = inject('assembly');
const template = JSON.parse(readFileSync(join(assembly, 'hourglass-test.template.json'), 'utf8')) as Template;
// The policies for operators are proven by what operators do: test/doctor/operator-policies.test.ts.
const permissions = listPermissions(template).filter(({ owner }) => !/Operator/.test(owner));
let recording: Recording;
let audit: Map<Permission, string[]>;
let unused: Permission[];

beforeAll(async () => {
  recording = await recordScenarios();
  audit = await auditPermissions(template, assembly, permissions, recording.calls);
  unused = permissions.filter((permission) => audit.get(permission)?.length === 0);
});

describe('the record', () => {
  it('holds every scenario, each with what it is there to show', () => {
    expect(recording.failures).toEqual([]);
    expect(recording.calls.length).toBeGreaterThan(100);
  });

  it('has calls of every role but the one that only ECS itself uses', () => {
    const callers = recording.calls.map(({ caller }) => (caller.kind === 'role' ? caller.roleArn : caller.arn));
    const owners = new Set(
      permissions.map(({ owner }) => owner).filter((owner) => !/ExecutionRole|ClientPolicy/.test(owner)),
    );
    for (const owner of owners)
      expect(
        callers.some((arn) => arn.includes(owner)),
        owner,
      ).toBe(true);
    expect(callers.some((arn) => arn.endsWith(':user/on-premises'))).toBe(true);
  });

  it.each(Object.entries(demandedOnTheWay))(
    'shows that the simulated AWS demands %s on the way, as AWS does (%s)',
    (action) => {
      expect(recording.calls.some(({ demands }) => demands.some((demand) => demand.action === action))).toBe(true);
    },
  );
});

describe('each role', () => {
  it('is denied nothing in any scenario', async () => {
    expect(recording.denied.map(({ message }) => message)).toEqual([]);
    expect(await findDenied(template, assembly, recording.calls)).toEqual([]);
  });

  it('may do nothing that no scenario uses, but what AWS demands with a source', () => {
    const unexplained = unused.filter((permission) => !sourced.some(isSourced(permission)));
    expect(unexplained.map(describePermission)).toEqual([]);
  });

  it('names each resource whose name is known', () => {
    const vague = permissions.filter(
      ({ action, resource }) =>
        action.includes('*') ||
        (resource.includes('*') &&
          !wildcards.some((known) => known.action.test(action) && known.resource.test(resource))),
    );
    expect(vague.map(describePermission)).toEqual([]);
  });

  it('passes only named roles, each to one named service', () => {
    const passing = permissions.filter(({ action }) => action === 'iam:PassRole');
    expect(passing.length).toBeGreaterThan(0);
    for (const { resource, condition } of passing) {
      expect(resource).toMatch(/^\$\{\w+\}$/);
      expect(condition).toEqual({
        StringEquals: { 'iam:PassedToService': expect.stringMatching(/^[a-z-]+\.amazonaws\.com$/) },
      });
    }
  });
});

describe('the table of sources', () => {
  it('has no entry that no permission needs', () => {
    const idle = sourced.filter((entry) => !unused.some((permission) => isSourced(permission)(entry)));
    expect(idle.map(({ owner, action }) => `${owner} ${action}`)).toEqual([]);
  });

  it('and that of wildcards neither', () => {
    const idle = wildcards.filter(
      ({ action, resource }) => !permissions.some((one) => action.test(one.action) && resource.test(one.resource)),
    );
    expect(idle.map(({ action }) => String(action))).toEqual([]);
  });
});

describe('a policy changed by hand', () => {
  const owners = [...new Set(permissions.map(({ owner }) => owner))];

  it.each(owners)('is found out if %s is allowed s3:ListAllMyBuckets too', async (owner) => {
    const first = permissions.find((one) => one.owner === owner) as Permission;
    const changed = withAction(template, first, 's3:ListAllMyBuckets');
    const added = listPermissions(changed).filter(({ action }) => action === 's3:ListAllMyBuckets');
    expect(added).toHaveLength(
      permissions.filter(
        (one) =>
          one.at.logicalId === first.at.logicalId &&
          one.at.policy === first.at.policy &&
          one.at.statement === first.at.statement &&
          one.at.action === 0,
      ).length,
    );
    const found = await auditPermissions(changed, assembly, added, recording.calls);
    for (const permission of added) {
      expect(found.get(permission)).toEqual([]);
      expect(sourced.some(isSourced(permission))).toBe(false);
    }
  });

  it.each(owners)(
    'is found out if any permission of %s is taken away: a call is denied, unless a source explains it',
    (owner) => {
      for (const permission of permissions.filter((one) => one.owner === owner && !sourced.some(isSourced(one)))) {
        const denied = audit.get(permission) ?? [];
        expect(denied, describePermission(permission)).not.toEqual([]);
        expect(denied.join()).toContain(permission.action);
      }
    },
  );
});
