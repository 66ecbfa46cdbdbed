/**
 * One service: its function, its own role, its own log group. The role has inline policies only, all resource-scoped;
 * logging is allowed for the one log group and nothing else. What is too long for these goes into policies and a file of its own.
 */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  CfnEventInvokeConfig,
  type CfnFunction,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Arns } from './arns.ts';
import { spreadStatements } from './many-resources.ts';
import type { FunctionName, Names } from './names.ts';
import { splitEnvironment, withSettings } from './settings-file.ts';

/** No handler waits for anything, so this is only how long a slow AWS call may take. */
export const functionTimeout = Duration.seconds(30);

/** What a service is made of. */
export interface ServiceFunctionProps {
  readonly service: FunctionName;
  readonly names: Names;
  readonly arns: Arns;
  /** Directory of the bundle. */
  readonly code: string;
  readonly environment: Record<string, string>;
  /** What the role is allowed besides logging. */
  readonly permissions: PolicyStatement[];
  readonly logRetentionDays: number;
  /**
   * Lambda stops a message that has gone through function and queue some 16 times, as an endless loop. Replay parks what had its redrives, and each
   * later redrive brings it back: a turn takes six hours at least, and only a person moves it more often.
   * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
   */
  readonly comesBack?: boolean;
  /** Where events go that an asynchronous invocation failed to handle; given for functions that are invoked so. */
  readonly unhandled?: IQueue;
  /** In seconds, where a handler does real work: carrying a pack. */
  readonly timeoutSeconds?: number;
  /** Where it stands, if it is to reach what only the VPC reaches. */
  readonly vpc?: { readonly subnetIds: string[]; readonly securityGroupId: string };
}

/** A Lambda function, outside the VPC by default, arm64, Node 24, JSON logs. */
export class ServiceFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const { service, names, arns, unhandled } = props;
    this.logGroup = new LogGroup(this, 'Logs', {
      logGroupName: names.functionLogs(service),
      retention: props.logRetentionDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const statements = [
      new PolicyStatement({
        sid: 'WriteOwnLogs',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [arns.functionLogStreams(service)],
      }),
      ...props.permissions,
    ];
    if (unhandled !== undefined) {
      // Lambda sends the record of a failed asynchronous invocation with the function's own role.
      statements.push(
        new PolicyStatement({ sid: 'SendToUnhandled', actions: ['sqs:SendMessage'], resources: [unhandled.queueArn] }),
      );
    }
    const { inline, managed } = spreadStatements(this, 'Policies', statements);
    this.role = new Role(this, 'Role', {
      description: `What ${names.function(service)} may do`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { [service]: new PolicyDocument({ statements: inline }) },
      managedPolicies: managed,
    });
    const { variables, file } = splitEnvironment(props.environment);
    const make = (directory: string) =>
      new LambdaFunction(this, 'Function', {
        functionName: names.function(service),
        runtime: Runtime.NODEJS_24_X,
        architecture: Architecture.ARM_64,
        handler: 'index.handler',
        code: Code.fromAsset(directory),
        memorySize: 512,
        timeout: props.timeoutSeconds === undefined ? functionTimeout : Duration.seconds(props.timeoutSeconds),
        environment: variables,
        role: this.role,
        logGroup: this.logGroup,
        loggingFormat: LoggingFormat.JSON,
        ...(props.comesBack && { recursiveLoop: RecursiveLoop.ALLOW }),
      });
    this.function = withSettings(props.code, file, make);
    if (props.vpc !== undefined) {
      const { subnetIds, securityGroupId } = props.vpc;
      (this.function.node.defaultChild as CfnFunction).vpcConfig = { subnetIds, securityGroupIds: [securityGroupId] };
    }
    if (unhandled !== undefined) {
      new CfnEventInvokeConfig(this, 'OnFailure', {
        functionName: this.function.functionName,
        qualifier: '$LATEST',
        maximumRetryAttempts: 2,
        maximumEventAgeInSeconds: Duration.hours(1).toSeconds(),
        destinationConfig: { onFailure: { destination: unhandled.queueArn } },
      });
    }
  }
}
