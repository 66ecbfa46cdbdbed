/**
 * The public API of the simulated AWS.
 */
export type { Clock, TimerHandle } from './clock.ts';
export { Cloud, createCloud } from './cloud.ts';
export type { Stack } from './cloudformation/index.ts';
export type { DeployedStack } from './deploy/deploy-stack.ts';
export type { Driving, Speed } from './driver.ts';
export { Driver } from './driver.ts';
export type { DynamoDbMode } from './dynamodb/index.ts';
export { type PartitionLimits, partitionLimits } from './dynamodb/partitions.ts';
export { type Item, readUnits, sizeOfItem, writeUnits } from './dynamodb/units.ts';
export type { EndpointLifetime } from './ec2/index.ts';
export type { Fates, Task, VirtualRun, VirtualTask } from './ecs/index.ts';
export { AwsError, DeployError } from './errors.ts';
export type { LambdaFunction } from './lambda/function.ts';
export type { HostAnswer, HostRequest, HostServer, OtherHosts } from './lambda/other-hosts.ts';
export type { CloudOptions, Parts } from './parts.ts';
export { type Credentials, type Demand, type PolicyDocument, type Principal, RawResponse } from './service.ts';
export type { Trace, TraceListener } from './trace.ts';
export { VirtualClock } from './virtual-clock.ts';
export type { CallFault, CallListener, FaultedCall, FaultPlan, Invoker } from './wire/faults.ts';
export type { HttpDoor } from './wire/http-door.ts';
export type { RequestHandler } from './wire/in-process.ts';
