/**
 * Small worlds for this room's own tests: a template built in place, function bundles in a temporary folder, clients on the in-process door.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cloud, createCloud } from '../cloud.ts';
import type { DeployedStack } from '../deploy/deploy-stack.ts';
import type { TemplateResource } from '../deploy/template.ts';
import type { CloudOptions } from '../parts.ts';
import type { PolicyStatement } from '../service.ts';
import type { Trace } from '../trace.ts';
import type { RequestHandler } from '../wire/in-process.ts';

export interface World {
  readonly cloud: Cloud;
  readonly stack: DeployedStack;
  readonly traces: Trace[];
  /** Options of an SDK client that calls as the account itself, or as a role. */
  clientOptions(roleArn?: string): {
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
    requestHandler: RequestHandler;
  };
  tracesOf<K extends Trace['kind']>(kind: K): Extract<Trace, { kind: K }>[];
  close(): Promise<void>;
}

/** Builds a world of `resources`. `bundles` are CommonJS sources by asset name; a function names one by `Code: {S3Key: '<name>.zip'}`. */
export async function createWorld(
  resources: Record<string, TemplateResource>,
  bundles: Record<string, string> = {},
  options: CloudOptions = {},
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-cloud-'));
  const files: Record<string, unknown> = {};
  for (const [name, source] of Object.entries(bundles)) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'index.js'), source);
    files[name] = { source: { path: name }, destinations: { here: { objectKey: `${name}.zip` } } };
  }
  writeFileSync(join(folder, 'test.assets.json'), JSON.stringify({ files }));
  const cloud = createCloud({ dynamo: 'memory', ...options });
  const traces: Trace[] = [];
  cloud.onTrace((trace) => traces.push(trace));
  const close = async (): Promise<void> => {
    await cloud.close();
    rmSync(folder, { recursive: true });
  };
  const deploying = cloud.deployTemplate({ Resources: resources }, 'test', { assemblyDir: folder });
  const stack = await deploying.catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    cloud,
    stack,
    traces,
    clientOptions: (roleArn = 'root') => ({
      region: cloud.region,
      credentials: cloud.credentialsFor(roleArn),
      requestHandler: cloud.requestHandler(),
    }),
    tracesOf: <K extends Trace['kind']>(kind: K) =>
      traces.filter((trace): trace is Extract<Trace, { kind: K }> => trace.kind === kind),
    close,
  };
}

/** A role that `service` may assume, with inline statements. */
export function role(service: string, ...statements: PolicyStatement[]): TemplateResource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }],
      },
      ...(statements.length === 0
        ? {}
        : { Policies: [{ PolicyName: 'inline', PolicyDocument: { Statement: statements } }] }),
    },
  };
}

/** A function that runs the bundle of the same name under the role `roleId`. */
export function lambdaFunction(name: string, roleId: string, more: Record<string, unknown> = {}): TemplateResource {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: { 'Fn::GetAtt': [roleId, 'Arn'] },
      Code: { S3Bucket: 'assets', S3Key: `${name}.zip` },
      Timeout: 30,
      ...more,
    },
  };
}

/** Lets a service principal invoke the function with logical id `functionId`. */
export function permission(functionId: string, service: string, more: Record<string, unknown> = {}): TemplateResource {
  return {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { Ref: functionId },
      Principal: service,
      ...more,
    },
  };
}
