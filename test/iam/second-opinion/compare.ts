/**
 * Two judges of the same policies: ours of the simulated AWS, and moto. Each role is asked about each action on each resource that any role's calls
 * demanded in the recorded scenarios, and about things that nobody here may do. moto reads no conditions but those of trust policies, so
 * both are asked about the documents without them; what conditions do is shown by the scenarios and by `packages/cloud/src/iam`'s own tests.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCloud } from '@hourglass/cloud';
import { expect, inject, it } from 'vitest';
import { evaluate } from '../../../packages/cloud/src/iam/evaluate.ts';
import { TABLE } from '../../scenarios/deployment.ts';
import { addOutside } from '../../scenarios/hooks.ts';
import type { Template } from '../permissions.ts';
import { recordScenarios } from '../record.ts';

type Document = Parameters<typeof evaluate>[1][number];
type Question = readonly [role: string, action: string, resource: string];

/** What no role of a deployment may do. */
const FORBIDDEN = [
  ['iam:CreateUser', '*'],
  ['iam:PassRole', 'arn:aws:iam::123456789012:role/Admin'],
  ['sts:AssumeRole', 'arn:aws:iam::123456789012:role/Admin'],
  ['s3:ListAllMyBuckets', '*'],
  ['s3:GetObject', 'arn:aws:s3:::somebody-elses/file'],
  ['ec2:RunInstances', '*'],
  ['ec2:CreateNatGateway', '*'],
  ['dynamodb:DeleteTable', 'arn:aws:dynamodb:ap-northeast-1:123456789012:table/hourglass-other'],
  ['dynamodb:Scan', 'arn:aws:dynamodb:ap-northeast-1:123456789012:table/hourglass-test'],
  ['codecommit:DeleteRepository', 'arn:aws:codecommit:ap-northeast-1:123456789012:app'],
  ['cloudformation:CreateStack', 'arn:aws:cloudformation:ap-northeast-1:123456789012:stack/other/*'],
  ['lambda:UpdateFunctionCode', 'arn:aws:lambda:ap-northeast-1:123456789012:function:hourglass-test-runner'],
  ['events:PutEvents', 'arn:aws:events:ap-northeast-1:123456789012:event-bus/default'],
  ['kms:Decrypt', 'arn:aws:kms:ap-northeast-1:123456789012:key/of-others'],
] as const;

/** The roles of the deployment, with their policies' documents but without conditions. */
async function readPolicies(): Promise<Record<string, Document[]>> {
  const assemblyDir = inject('assembly');
  const cloud = createCloud({ dynamo: 'memory' });
  addOutside(cloud);
  try {
    const template = JSON.parse(readFileSync(join(assemblyDir, 'hourglass-test.template.json'), 'utf8')) as Template;
    await cloud.deployTemplate(template, TABLE, { assemblyDir });
    const { roles, managedPolicies } = cloud.parts.iam;
    return Object.fromEntries(
      [...roles.values()].map(({ arn, inline, managed }) => [
        arn,
        [...inline.values(), ...[...managed].flatMap((one) => managedPolicies.get(one) ?? [])].map(withoutConditions),
      ]),
    );
  } finally {
    await cloud.close();
  }
}

function withoutConditions(document: Document): Document {
  return JSON.parse(JSON.stringify(document), (key, value) => (key === 'Condition' ? undefined : value)) as Document;
}

function askOurs(documents: readonly Document[], [roleArn, action, resource]: Question): boolean {
  const principal = { kind: 'role', roleArn, arn: roleArn } as const;
  const account = '123456789012';
  return evaluate({ principal, account, action, resource, context: new Map() }, documents, undefined).allowed;
}

async function askMoto(policies: Record<string, Document[]>, questions: readonly Question[]): Promise<boolean[]> {
  const judge = join(import.meta.dirname, 'judge.py');
  const env = { ...process.env, PYTHONPATH: process.env.HOURGLASS_MOTO };
  const output = await new Promise<string>((resolve, reject) => {
    const child = execFile('python3', [judge], { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(stderr)),
    );
    child.stdin?.end(JSON.stringify({ policies, questions }));
  });
  return JSON.parse(output);
}

it('moto and the simulated AWS agree on what each role may do to each resource', async () => {
  const policies = await readPolicies();
  const { calls, failures } = await recordScenarios();
  expect(failures).toEqual([]);
  const demanded = calls.flatMap(({ demands }) =>
    demands.flatMap(({ action, resources }) => resources.map((resource) => [action, resource] as const)),
  );
  const asked = new Map([...demanded, ...FORBIDDEN].map((pair) => [pair.join(' '), pair]));
  const questions = Object.keys(policies).flatMap((role) =>
    [...asked.values()].map(([action, resource]): Question => [role, action, resource]),
  );
  const ours = questions.map((question) => askOurs(policies[question[0]] ?? [], question));
  const theirs = await askMoto(policies, questions);
  const allowed = ours.filter(Boolean).length;
  console.info(
    `${Object.keys(policies).length} roles, ${asked.size} actions on resources, ${questions.length} questions: ${allowed} allowed, ${ours.length - allowed} denied by ours`,
  );

  const differences = questions.flatMap((question, i) =>
    ours[i] === theirs[i] ? [] : [`${question.join(' ')}: ours ${ours[i]}, moto ${theirs[i]}`],
  );
  expect(differences).toEqual([]);

  // What was recorded as allowed is so for moto, each caller's own call.
  const verdicts = new Map(questions.map((question, i) => [question.join(' '), theirs[i]]));
  const refused = calls.flatMap(({ caller, demands }) =>
    caller.kind !== 'role'
      ? []
      : demands.flatMap(({ action, resources }) =>
          resources.filter((resource) => verdicts.get(`${caller.roleArn} ${action} ${resource}`) === false),
        ),
  );
  expect(refused).toEqual([]);

  const forbidden = new Set(FORBIDDEN.map((pair) => pair.join(' ')));
  expect(questions.filter(([, action, resource], i) => forbidden.has(`${action} ${resource}`) && theirs[i])).toEqual(
    [],
  );
});
