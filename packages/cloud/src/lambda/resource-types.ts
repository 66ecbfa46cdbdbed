/**
 * Lambda's CloudFormation types.
 */

import type { CloudCore, ResourceContext, ResourceType } from '../core.ts';
import { findAssetFolder } from '../deploy/assembly.ts';
import { DeployError } from '../errors.ts';
import type { PolicyStatement } from '../service.ts';
import type { QueueRegistry } from '../sqs/registry.ts';
import { defaultConcurrency } from './event-source.ts';
import type { FunctionRegistry } from './registry.ts';

export function createLambdaTypes(
  core: CloudCore,
  functions: FunctionRegistry,
  queues: QueueRegistry,
): Record<string, ResourceType> {
  const destination = (arn: string | undefined, context: ResourceContext): string | undefined => {
    if (arn !== undefined && arn.split(':')[2] !== 'sqs') {
      throw new DeployError(`${context.logicalId}: only queues are simulated as destinations, not ${arn}`);
    }
    return arn === undefined ? undefined : queues.byArn(arn).arn;
  };

  return {
    'AWS::Lambda::Function': {
      create(properties, context) {
        if (properties.Runtime === undefined || !/^nodejs\d+\.x$/.test(properties.Runtime)) {
          throw new DeployError(`${context.logicalId}: the runtime ${properties.Runtime} is not simulated`);
        }
        for (const name of ['Layers', 'ImageConfig', 'FileSystemConfigs', 'SnapStart', 'DurableConfig']) {
          if (properties[name] !== undefined) {
            throw new DeployError(`${context.logicalId}: ${name} of a function is not simulated`);
          }
        }
        const name = properties.FunctionName ?? context.generatedName();
        const arn = core.arn('lambda', `function:${name}`);
        core.assumeRole(properties.Role, 'lambda.amazonaws.com');
        functions.create({
          name,
          arn,
          roleArn: properties.Role,
          handler: properties.Handler,
          codeDir: codeFolder(properties.Code, context),
          timeoutMs: Number(properties.Timeout ?? 3) * 1000,
          memoryMb: Number(properties.MemorySize ?? 128),
          variables: properties.Environment?.Variables ?? {},
          logGroup: properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
          reservedConcurrency:
            properties.ReservedConcurrentExecutions === undefined
              ? undefined
              : Number(properties.ReservedConcurrentExecutions),
          vpc:
            properties.VpcConfig === undefined
              ? undefined
              : {
                  securityGroupIds: properties.VpcConfig.SecurityGroupIds,
                  subnetIds: properties.VpcConfig.SubnetIds,
                },
          deadLetterArn: destination(properties.DeadLetterConfig?.TargetArn, context),
        });
        return { ref: name, attributes: { Arn: arn } };
      },
    },
    'AWS::Lambda::Permission': {
      create(properties, context) {
        const { arn } = functions.find(properties.FunctionName).settings;
        functions.allow(arn, statementOfPermission(properties, arn));
        return { ref: context.logicalId, attributes: { Id: context.logicalId } };
      },
    },
    'AWS::Lambda::EventInvokeConfig': {
      create(properties, context) {
        const { name } = functions.find(properties.FunctionName).settings;
        functions.configureInvoke(name, {
          maxRetries: Number(properties.MaximumRetryAttempts ?? 2),
          maxAgeSeconds: Number(properties.MaximumEventAgeInSeconds ?? 21_600),
          onFailureArn: destination(properties.DestinationConfig?.OnFailure?.Destination, context),
          onSuccessArn: destination(properties.DestinationConfig?.OnSuccess?.Destination, context),
        });
        return { ref: context.logicalId, attributes: {} };
      },
    },
    'AWS::Lambda::EventSourceMapping': {
      async create(properties, context) {
        const queue = queues.byArn(properties.EventSourceArn);
        const fn = functions.find(properties.FunctionName);
        checkMapping(
          properties,
          queue.settings.visibilityTimeoutSeconds * 1000,
          fn.settings.timeoutMs,
          context.logicalId,
        );
        // Lambda refuses a mapping whose function may not read the queue: ask the way Lambda does.
        await core.call(
          'sqs',
          'GetQueueAttributes',
          { QueueUrl: queue.name, AttributeNames: ['QueueArn'] },
          fn.principal,
        );
        if (properties.Enabled !== false) {
          functions.addSource(queue, fn, {
            batchSize: Number(properties.BatchSize ?? 10),
            windowSeconds: Number(properties.MaximumBatchingWindowInSeconds ?? 0),
            reportsItemFailures: (properties.FunctionResponseTypes ?? []).includes('ReportBatchItemFailures'),
            maxConcurrency: Number(properties.ScalingConfig?.MaximumConcurrency ?? defaultConcurrency),
          });
        }
        const id = core.newUuid();
        return {
          ref: id,
          attributes: { Id: id, EventSourceMappingArn: core.arn('lambda', `event-source-mapping:${id}`) },
        };
      },
    },
    'AWS::Lambda::Version': {
      create(properties) {
        const { arn } = functions.find(properties.FunctionName).settings;
        return { ref: `${arn}:1`, attributes: { Version: '1', FunctionArn: `${arn}:1` } };
      },
    },
    'AWS::Lambda::Alias': {
      create(properties) {
        const { arn } = functions.find(properties.FunctionName).settings;
        return { ref: `${arn}:${properties.Name}`, attributes: { AliasArn: `${arn}:${properties.Name}` } };
      },
    },
  };
}

/** Limits Lambda checks itself. Source: Lambda API reference, CreateEventSourceMapping. */
function checkMapping(
  properties: {
    BatchSize?: number;
    MaximumBatchingWindowInSeconds?: number;
    ScalingConfig?: { MaximumConcurrency?: number };
    FilterCriteria?: unknown;
  },
  visibilityMs: number,
  timeoutMs: number,
  logicalId: string,
): void {
  if (properties.FilterCriteria !== undefined) {
    throw new DeployError(`${logicalId}: filters of event sources are not simulated`);
  }
  if (visibilityMs < timeoutMs) {
    throw new DeployError(`${logicalId}: the queue's visibility timeout is shorter than the function's timeout`);
  }
  if (Number(properties.BatchSize ?? 10) > 10 && Number(properties.MaximumBatchingWindowInSeconds ?? 0) < 1) {
    throw new DeployError(`${logicalId}: a batch size over 10 needs a batching window of at least 1 second`);
  }
  if (Number(properties.ScalingConfig?.MaximumConcurrency ?? 2) < 2) {
    throw new DeployError(`${logicalId}: MaximumConcurrency is at least 2`);
  }
}

function codeFolder(code: { S3Key?: string }, context: ResourceContext): string {
  if (code.S3Key === undefined || context.assemblyDir === undefined) {
    throw new DeployError(`${context.logicalId}: the function's code is no asset of the assembly`);
  }
  return findAssetFolder(context.assemblyDir, code.S3Key);
}

/** A statement of a function's own policy, from `AWS::Lambda::Permission`. */
function statementOfPermission(
  properties: { Principal: string; Action: string; SourceArn?: string; SourceAccount?: string },
  functionArn: string,
): PolicyStatement {
  const isService = properties.Principal.endsWith('.amazonaws.com');
  if (properties.Action !== 'lambda:InvokeFunction') {
    throw new DeployError(`a Lambda permission for ${properties.Action} is not simulated`);
  }
  return {
    Effect: 'Allow',
    Action: properties.Action,
    Resource: functionArn,
    Principal: isService ? { Service: properties.Principal } : { AWS: properties.Principal },
    Condition: {
      ...(properties.SourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': properties.SourceArn } }),
      ...(properties.SourceAccount === undefined
        ? {}
        : { StringEquals: { 'aws:SourceAccount': properties.SourceAccount } }),
    },
  };
}
