/** The webhook that git servers may call, the schedules of mirrors, and the ways out may do exactly what they do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverNames } from '@hourglass/webhooks';
import { type Sample, sample } from '@hourglass/webhooks/testing';
import { expect, inject, it } from 'vitest';
import { deploy } from '../scenarios/deployment.ts';
import { putSecrets, secretOf, sendDelivery } from '../scenarios/hooks.ts';
import { REPOSITORIES } from '../scenarios/synthesize.setup.ts';
import { auditPermissions, describePermission } from './audit.ts';
import { listPermissions, type Template } from './permissions.ts';
import { isSourced, sourced } from './sourced.ts';

it('each permission of theirs is used, and no call of theirs is denied', async () => {
  const assembly = inject('assemblyWithHooks');
  const template = JSON.parse(readFileSync(join(assembly, 'hourglass-test.template.json'), 'utf8')) as Template;
  const world = await deploy({}, assembly);
  try {
    putSecrets(world.cloud);
    for (const server of serverNames) {
      const { status } = await sendDelivery(world.cloud, server, sample(server, 'push', secretOf(server)) as Sample);
      expect(status).toBe(202);
    }
    await world.pass(125);
    // One repository fails, and works again; another brings a commit, whose server is not there.
    const token = { server: 'gitlab', parameter: '/hourglass/test/status/gitlab', api: 'http://127.0.0.1:9' };
    world.cloud.putParameter(token.parameter, 'token', 'arn:aws:kms:ap-northeast-1:123456789012:key/of-tokens');
    world.cloud.functions
      .find('hourglass-test-notifier')
      .configure({ COMMIT_STATUS: JSON.stringify({ 'gitlab.example.com': token }) });
    const to = 'c'.repeat(40);
    world.behave.report = { changes: [{ ref: 'refs/heads/main', action: 'create', from: null, to }] };
    const { source: sourceUrl } = REPOSITORIES['of-gitlab' as keyof typeof REPOSITORIES];
    await world.put('MirrorRequested', { version: 1, repository: 'of-gitlab', sourceUrl });
    await world.pass(125);
    delete world.behave.report;
    for (const exitCode of [1, 0]) {
      world.behave.exitCode = exitCode;
      await world.put('MirrorRequested', { version: 1, repository: 'app', sourceUrl: 'https://git.test/app' });
      await world.pass(1_000);
    }
    const calls = world.traces.filter((trace) => trace.kind === 'api');
    expect(calls.filter(({ outcome }) => /AccessDenied/.test(outcome))).toEqual([]);
    const permissions = listPermissions(template).filter(
      ({ owner, action }) => /Webhook|MirrorSchedules|Notifier|Outside/.test(owner) && action !== 'sqs:SendMessage',
    );
    expect(permissions.map(({ action }) => action)).toContain('kms:Decrypt');
    const audit = await auditPermissions(template, assembly, permissions, calls);
    const unused = permissions.filter(
      (permission) => audit.get(permission)?.length === 0 && !sourced.some(isSourced(permission)),
    );
    expect(unused.map(describePermission)).toEqual([]);
  } finally {
    await world.close();
  }
});
