/**
 * What joins the services of the simulated AWS: what each is given (`CloudCore`), what its factory returns (`CloudPart`), and how a
 * template's resource becomes part of it (`ResourceType`, one entry per CloudFormation type, registered by a service folder).
 */
import type { Clock } from './clock.ts';
import type { OtherHosts } from './lambda/other-hosts.ts';
import type { Credentials, Demand, Principal, Service } from './service.ts';
import type { Trace } from './trace.ts';

/** What every service is given. */
export interface CloudCore {
  readonly account: string;
  readonly region: string;
  /** The Region's. */
  readonly partition: string;
  readonly clock: Clock;
  readonly otherHosts: OtherHosts;
  /** `arn:<partition>:<service>:<region>:<account>:<resource>`. */
  arn(service: string, resource: string): string;
  /** A fresh id, the same in every run of the same history: `newUuid()`, `newHex(17)` (for `vpce-…`). */
  newUuid(): string;
  newHex(length: number): string;
  trace(event: Trace): void;
  /** Puts an event of an AWS service (`aws.ecs`, `aws.cloudformation`) on the default bus, now. */
  emitServiceEvent(event: { source: string; detailType: string; detail: unknown; resources?: readonly string[] }): void;
  /**
   * Calls an operation of another service as `principal`, with the IAM check, the trace and the faults of an outside call.
   * CloudFormation creates endpoints so, under its service role. Throws AwsError.
   */
  call(service: string, operation: string, input: Record<string, unknown>, principal: Principal): Promise<unknown>;
  /** The principal of a role's session, if `trustedService` (`ecs-tasks.amazonaws.com`) may assume it; else AwsError AccessDenied. */
  assumeRole(
    roleArn: string,
    trustedService: string,
    options?: { sessionName?: string; sourceArn?: string },
  ): Principal;
  /** Key material for a role's session: a task's environment gets it. `root` is the account itself. */
  credentialsFor(roleArn: string | 'root', sessionName?: string): Credentials;
  /** The demand that a caller may hand a role over: put it in `authorize` wherever a role is passed. */
  passRole(roleArn: string, passedToService: string): Demand;
  /** The HTTP door's URL if it is open. */
  openEndpointUrl(): string | undefined;
  /** `http://127.0.0.1:<port>` of the HTTP door, opened if it was not: for real processes. */
  endpointUrl(): Promise<string>;
  /** Appends a log record to a group (container output, function logs). */
  log(logGroup: string, stream: string, message: string): void;
  /** Resource types of all parts: CloudFormation creates through these. */
  readonly resourceTypes: Readonly<Record<string, ResourceType>>;
}

/** What a factory returns. */
export interface CloudPart {
  readonly services?: readonly Service[];
  readonly resourceTypes?: Readonly<Record<string, ResourceType>>;
  /** Ends every process, socket and real timer of this part. */
  close?(): Promise<void>;
}

/** What a resource is created in. */
export interface ResourceContext {
  readonly core: CloudCore;
  readonly logicalId: string;
  readonly stackName: string;
  readonly stackId: string;
  /** Who creates it: undefined for the trusted control-plane deployment, else CloudFormation's role (see `CloudCore.call`). */
  readonly principal: Principal | undefined;
  /** The folder of the cloud assembly, for assets. Undefined for templates given at run time. */
  readonly assemblyDir: string | undefined;
  /** A physical name as CloudFormation makes one: `<stack>-<logicalId>-<12 characters>`. */
  generatedName(): string;
  /** Tags of the stack as a whole, which CloudFormation puts on what it creates. */
  readonly stackTags: readonly { Key: string; Value: string }[];
}

/** What exists afterwards. */
export interface CreatedResource {
  /** What `Ref` gives; also the physical id. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives. Dotted names (`Endpoint.Address`) are plain keys. A name not here fails the deployment. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface ResourceType {
  // biome-ignore lint/suspicious/noExplicitAny: properties are the template's; each type checks what it reads.
  create(properties: any, context: ResourceContext): CreatedResource | Promise<CreatedResource>;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  delete?(ref: string, properties: any, context: ResourceContext): void | Promise<void>;
}
