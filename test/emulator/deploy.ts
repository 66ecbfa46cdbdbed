/** The synthesized control plane into the emulator, by its CloudFormation: assets into the bucket, then one stack. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Clients } from './clients.ts';
import { type Steps, Unusable, waitFor } from './steps.ts';
import { zipFiles } from './zip.ts';

interface Template {
  Resources: Record<string, { Type: string; DependsOn?: string | string[] }>;
}

export interface Deployed {
  account: string;
  outputs: Record<string, string>;
  resources: number;
  stackName: string;
}

export interface Target {
  assembly: string;
  stackName: string;
  endpoint: string;
  region: string;
}

/** With `parameters` in place of the template's defaults. @throws Unusable if a deployment of this name is there already. */
export async function deploy(
  clients: Clients,
  steps: Steps,
  { assembly, stackName, endpoint, region }: Target,
  parameters: Record<string, string> = {},
): Promise<Deployed> {
  if ((await statusOf(clients, stackName)) !== undefined) {
    throw new Unusable(`The emulator has a stack ${stackName} already: start it empty, or delete the stack.`);
  }
  const template = JSON.parse(readFileSync(join(assembly, `${stackName}.template.json`), 'utf8')) as Template;
  const account = await findAccount(clients, stackName);
  const bucket = `cdk-hnb659fds-assets-${account}-${region}`;
  await uploadAssets(clients, { assembly, stackName, bucket, region });
  const leftOut = new Set<string>();
  for (;;) {
    const body = JSON.stringify(withoutTypes(template, leftOut));
    await clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${stackName}.template.json`, Body: body }));
    try {
      // The template is over the 51,200 bytes that a call may carry itself.
      const TemplateURL = `${endpoint}/${bucket}/${stackName}.template.json`;
      const Capabilities = ['CAPABILITY_NAMED_IAM' as const];
      const Parameters = Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      }));
      await clients.cloudFormation.send(
        new CreateStackCommand({ StackName: stackName, TemplateURL, Capabilities, Parameters }),
      );
      break;
    } catch (error) {
      const [, types] = /Unrecognized resource types: \[([^\]]+)\]/.exec((error as Error).message) ?? [];
      const unknown = types?.split(/,\s*/).filter((type) => !leftOut.has(type)) ?? [];
      if (unknown.length === 0) throw error;
      for (const type of unknown) leftOut.add(type);
    }
  }
  for (const type of leftOut) {
    const ids = Object.keys(template.Resources).filter((id) => template.Resources[id]?.Type === type);
    steps.leaveOut(
      `${type}: not known to this emulator, so ${ids.length} left out of the template (${ids.join(', ')})`,
    );
  }
  const status = await waitFor(`the end of ${stackName}'s creation`, 120, async () => {
    const seen = await statusOf(clients, stackName);
    return seen?.endsWith('_IN_PROGRESS') ? undefined : seen;
  });
  if (status !== 'CREATE_COMPLETE') throw new Error(`${status}: ${await reasonsOf(clients, stackName)}`);
  const { Stacks: [stack] = [] } = await clients.cloudFormation.send(
    new DescribeStacksCommand({ StackName: stackName }),
  );
  const outputs = Object.fromEntries(
    (stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
  );
  return { account, outputs, stackName, resources: Object.keys(withoutTypes(template, leftOut).Resources).length };
}

export async function deleteStack(clients: Clients, stackName: string): Promise<void> {
  await clients.cloudFormation.send(new DeleteStackCommand({ StackName: stackName }));
  await waitFor(`the end of ${stackName}`, 60, async () => {
    const status = await statusOf(clients, stackName);
    if (status === 'DELETE_FAILED') throw new Error(await reasonsOf(clients, stackName));
    return status === undefined || status === 'DELETE_COMPLETE' ? true : undefined;
  });
}

/** @returns undefined if there is no such stack. */
export async function statusOf({ cloudFormation }: Clients, stackName: string): Promise<string | undefined> {
  try {
    const { Stacks: [stack] = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
    return stack?.StackStatus;
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return undefined;
    throw error;
  }
}

/** A stack's ARN names the account: one with a single, harmless resource is made and deleted. */
async function findAccount(clients: Clients, stackName: string): Promise<string> {
  const probe = `${stackName}-probe`;
  const TemplateBody = JSON.stringify({ Resources: { Queue: { Type: 'AWS::SQS::Queue' } } });
  const { StackId = '' } = await clients.cloudFormation.send(
    new CreateStackCommand({ StackName: probe, TemplateBody }),
  );
  await deleteStack(clients, probe);
  return StackId.split(':')[4] ?? '';
}

async function uploadAssets(
  { s3 }: Clients,
  { assembly, stackName, bucket, region }: { assembly: string; stackName: string; bucket: string; region: string },
): Promise<void> {
  const CreateBucketConfiguration = region === 'us-east-1' ? undefined : { LocationConstraint: region as 'eu-west-1' };
  await s3
    .send(new CreateBucketCommand({ Bucket: bucket, ...(CreateBucketConfiguration && { CreateBucketConfiguration }) }))
    .catch((error: Error) => {
      if (!/Already/.test(error.name)) throw error;
    });
  const manifest = JSON.parse(readFileSync(join(assembly, `${stackName}.assets.json`), 'utf8')) as {
    files: Record<string, { source: { path: string; packaging: string } }>;
  };
  for (const [hash, { source }] of Object.entries(manifest.files)) {
    if (source.packaging !== 'zip') continue;
    const Body = zipFiles(join(assembly, source.path));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${hash}.zip`, Body }));
  }
}

function withoutTypes(template: Template, types: Set<string>): Template {
  const kept = Object.entries(template.Resources).filter(([, { Type }]) => !types.has(Type));
  const ids = new Set(kept.map(([id]) => id));
  const Resources = kept.map(([id, { DependsOn = [], ...resource }]) => {
    const waitsFor = [DependsOn].flat().filter((other) => ids.has(other));
    return [id, waitsFor.length > 0 ? { ...resource, DependsOn: waitsFor } : resource];
  });
  return { ...template, Resources: Object.fromEntries(Resources) };
}

async function reasonsOf({ cloudFormation }: Clients, stackName: string): Promise<string> {
  const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName: stackName }));
  const failed = StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('FAILED'));
  return failed
    .map(({ LogicalResourceId, ResourceStatusReason }) => `${LogicalResourceId}: ${ResourceStatusReason}`)
    .join('; ');
}
