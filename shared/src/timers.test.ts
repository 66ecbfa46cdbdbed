import { ResourceNotFoundException, SchedulerClient } from '@aws-sdk/client-scheduler';
import { TimerRefused } from '@hourglass/lease';
import { describe, expect, it } from 'vitest';
import { createScheduledTimers } from './timers.ts';

const target = {
  groupName: 'hourglass-main',
  roleArn: 'arn:role',
  functionArnPrefix: 'arn:aws:lambda:r:1:function:hourglass-main-',
  deadLetterArn: 'arn:dlq',
};
const timer = { id: 'main-1-abc-t', atMs: Date.UTC(2026, 0, 1, 12, 30, 15, 1), owner: 'teardown' as const };

function scheduler(status: number, code = '') {
  const calls: { method: string; path: string; body: Record<string, unknown> }[] = [];
  const client = new SchedulerClient({
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    maxAttempts: 1,
    requestHandler: {
      async handle({ method, path, body }: { method: string; path: string; body?: Uint8Array }) {
        calls.push({ method, path, body: body ? JSON.parse(new TextDecoder().decode(body)) : {} });
        const answer = JSON.stringify(code ? { Message: code } : { ScheduleArn: 'arn' });
        const headers = code ? { 'x-amzn-errortype': code } : {};
        return { response: { statusCode: status, headers, body: new Blob([answer]).stream() } };
      },
    } as never,
  });
  return { timers: createScheduledTimers(client, target), calls };
}

describe('a timer', () => {
  it('wakes its owner from its time on, not sooner than asked for, until it is deleted', async () => {
    const { timers, calls } = scheduler(200);
    await timers.create('main', timer);
    expect(calls[0]?.body).toMatchObject({
      ScheduleExpression: 'rate(2 minutes)',
      StartDate: Date.UTC(2026, 0, 1, 12, 30, 16) / 1_000,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: 'arn:aws:lambda:r:1:function:hourglass-main-teardown',
        Input: '{"timer":{"leaseId":"main","timerId":"main-1-abc-t"}}',
        DeadLetterConfig: { Arn: 'arn:dlq' },
        RetryPolicy: { MaximumEventAgeInSeconds: 900 },
      },
    });
    expect(calls[0]?.body).not.toHaveProperty('EndDate');
  });

  it('that exists already is the same timer', async () => {
    await expect(scheduler(409, 'ConflictException').timers.create('main', timer)).resolves.toBeUndefined();
  });

  it('that is gone already needs no deleting', async () => {
    await expect(scheduler(404, 'ResourceNotFoundException').timers.delete(timer)).resolves.toBeUndefined();
  });

  it.each([
    [400, 'ValidationException'],
    [403, 'AccessDeniedException'],
    [402, 'ServiceQuotaExceededException'],
    [429, 'ThrottlingException'],
    [500, 'InternalServerException'],
  ])("that AWS does not make (%i %s) is refused in AWS's words", async (status, code) => {
    const making = scheduler(status, code).timers.create('main', timer);
    await expect(making).rejects.toThrow(TimerRefused);
    await expect(making).rejects.toThrow(`${code}: ${code}`);
  });

  it('whose group is gone, and with it every timer that could stand in, is an error of another kind', async () => {
    const making = scheduler(404, 'ResourceNotFoundException').timers.create('main', timer);
    await expect(making).rejects.toThrow(ResourceNotFoundException);
  });
});
