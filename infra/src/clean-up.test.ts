/** The endpoints stack goes before the control plane: the order in the template, and the steps of the function. */
import type { SeenStack } from '@hourglass/shared';
import { describe, expect, test } from 'vitest';
import {
  type CleanUpAnswer,
  type CleanUpEffects,
  type CleanUpEvent,
  cleanUp,
  maxCleanUpAttempts,
} from './clean-up/clean-up.ts';
import { ExampleTemplate } from './synthesize-example.ts';
import { asList, type Json, referenced } from './template.ts';

describe('what CloudFormation deletes', () => {
  const template = new ExampleTemplate();
  const [cleanUp] = Object.entries<Json>(template.json.Resources).find(
    ([, { Type }]) => Type === 'Custom::HourglassCleanUp',
  ) ?? [''];
  const after = (id: string): string[] => asList(template.json.Resources[id].DependsOn);

  test('first is the provisioner, which could open endpoints anew', () => {
    expect(after(template.functionId('provisioner'))).toContain(cleanUp);
  });

  test('last are the roles, the schedule group and the function that removing endpoints takes', () => {
    const needed = after(cleanUp).map((id) => template.json.Resources[id].Type);
    expect(needed).toEqual(
      expect.arrayContaining([
        'AWS::IAM::Role',
        'AWS::Lambda::Function',
        'AWS::Scheduler::ScheduleGroup',
        'AWS::Lambda::EventInvokeConfig',
      ]),
    );
    const roles = after(cleanUp).filter((id) => template.json.Resources[id].Type === 'AWS::IAM::Role');
    const descriptions = roles.map((id) => template.json.Resources[id].Properties.Description).join();
    expect(descriptions).toContain('What CloudFormation may do');
    const { ServiceToken } = template.json.Resources[cleanUp].Properties;
    expect(referenced(ServiceToken)).toBe(template.functionId('clean-up'));
    // The scheduler's role is in the function's environment.
    const { Variables } = template.json.Resources[template.functionId('clean-up')].Properties.Environment;
    expect(template.json.Resources[referenced(Variables.SCHEDULER_ROLE_ARN) ?? ''].Type).toBe('AWS::IAM::Role');
  });
});

describe('a clean-up', () => {
  const event: CleanUpEvent = {
    RequestType: 'Delete',
    ResponseURL: 'https://answer.example',
    StackId: 'arn:stack',
    RequestId: '11111111-2222-3333-4444-555555555555',
    LogicalResourceId: 'EndpointsGoFirst',
  };
  const see = (status: 'complete' | 'deleting' | 'deleteFailed' | 'creating'): SeenStack => ({
    observation: { status, stackId: 'arn:endpoints/1', fence: 1, createdAtMs: 0, deletedAtMs: null },
    reason: 'a reason',
  });
  async function say(seen: SeenStack | 'foreign', change: Partial<CleanUpEvent> = {}, refused?: string) {
    const did = { deleted: [] as string[], again: [] as number[], answers: [] as CleanUpAnswer[] };
    const effects: CleanUpEffects = {
      stackName: 'endpoints',
      describeStack: async () => seen,
      deleteStack: async (id) => {
        did.deleted.push(id);
        return refused === undefined ? {} : { refused };
      },
      comeAgain: async ({ attempt }) => void did.again.push(attempt),
      answer: async (_, answer) => void did.answers.push(answer),
    };
    await cleanUp({ ...event, ...change }, effects);
    return { ...did, statuses: did.answers.map(({ Status }) => Status) };
  }
  const absent: SeenStack = { observation: { status: 'absent' }, reason: '' };

  test.each(['Create', 'Update'] as const)('to a %s is answered at once, and touches nothing', async (RequestType) => {
    expect(await say(see('complete'), { RequestType })).toMatchObject({
      statuses: ['SUCCESS'],
      deleted: [],
      again: [],
    });
  });

  test('with no endpoints is answered at once', async () => {
    expect(await say(absent)).toMatchObject({ statuses: ['SUCCESS'], deleted: [], again: [] });
  });

  test("leaves a stack that is not this lease's alone", async () => {
    expect(await say('foreign')).toMatchObject({ statuses: ['SUCCESS'], deleted: [] });
  });

  test.each(['complete', 'creating'] as const)('deletes a stack that is %s, and comes again', async (status) => {
    expect(await say(see(status))).toMatchObject({ statuses: [], deleted: ['arn:endpoints/1'], again: [1] });
  });

  test('does not ask twice while the stack is being deleted, but comes again', async () => {
    expect(await say(see('deleting'), { attempt: 3 })).toMatchObject({ statuses: [], deleted: [], again: [4] });
  });

  test('asks again when the deletion has failed', async () => {
    expect(await say(see('deleteFailed'), { attempt: 3 })).toMatchObject({
      deleted: ['arn:endpoints/1'],
      again: [4],
    });
  });

  test('reports that it failed, with the reason, before CloudFormation stops listening', async () => {
    const { statuses, answers, again } = await say(see('deleteFailed'), { attempt: maxCleanUpAttempts });
    expect({ statuses, again }).toEqual({ statuses: ['FAILED'], again: [] });
    expect(answers[0]?.Reason).toContain('a reason');
    expect(maxCleanUpAttempts).toBeLessThan(60);
  });

  test("reports at once, in CloudFormation's words, that a deletion is refused", async () => {
    const words = 'ValidationError: Stack [endpoints] cannot be deleted while TerminationProtection is enabled';
    const { statuses, answers, again } = await say(see('complete'), {}, words);
    expect({ statuses, again }).toEqual({ statuses: ['FAILED'], again: [] });
    expect(answers[0]?.Reason).toContain(words);
  });

  test('answers for the very request, with one physical id', async () => {
    const { answers } = await say(absent);
    const { StackId, RequestId, LogicalResourceId } = event;
    expect(answers[0]).toMatchObject({ StackId, RequestId, LogicalResourceId, PhysicalResourceId: 'endpoints' });
  });
});
