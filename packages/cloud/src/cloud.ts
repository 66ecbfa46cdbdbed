/**
 * The simulated AWS as a whole: builds the parts around one clock, one directory of identities and one gateway, and opens the doors.
 */

import type { CloudCore, ResourceType } from './core.ts';
import { readTemplate } from './deploy/assembly.ts';
import { type DeployedStack, deployStack } from './deploy/deploy-stack.ts';
import type { Template } from './deploy/template.ts';
import { Driver } from './driver.ts';
import { AwsError, DeployError } from './errors.ts';
import { awsManagedPolicies } from './iam/aws-managed.ts';
import { Directory } from './iam/directory.ts';
import { createIdentifiers } from './identifiers.ts';
import type { OtherHosts } from './lambda/other-hosts.ts';
import { partitionOf } from './partition.ts';
import { type CloudOptions, createParts, type Parts } from './parts.ts';
import type { Credentials, PolicyDocument, Principal } from './service.ts';
import type { Trace, TraceListener } from './trace.ts';
import { VirtualClock } from './virtual-clock.ts';
import type { CallListener, FaultPlan } from './wire/faults.ts';
import { Gateway } from './wire/gateway.ts';
import { type HttpDoor, openHttpDoor } from './wire/http-door.ts';
import { createRequestHandler, type RequestHandler } from './wire/in-process.ts';
import type { WireRequest, WireResponse } from './wire/message.ts';

const defaultStartMs = Date.UTC(2026, 0, 5, 9);

export class Cloud {
  readonly account: string;
  readonly region: string;
  readonly clock: VirtualClock;
  readonly driver: Driver;
  readonly parts: Parts;
  /** Servers outside of AWS that are of this world, by host name; functions reach all others by this machine's network. */
  readonly otherHosts: OtherHosts = new Map();
  readonly #core: CloudCore;
  readonly #directory: Directory;
  readonly #gateway: Gateway;
  readonly #listeners = new Set<TraceListener>();
  #door: Promise<HttpDoor> | undefined;
  #openDoor: HttpDoor | undefined;
  readonly #deployed = new Set<string>();
  #closed = false;

  constructor(options: CloudOptions) {
    this.account = options.account ?? '123456789012';
    this.region = options.region ?? 'ap-northeast-1';
    this.clock = new VirtualClock(options.startMs ?? defaultStartMs);
    this.driver = new Driver(this.clock, { interleave: options.interleave ?? false });
    const identifiers = createIdentifiers(options.seed ?? 1);
    this.#directory = new Directory(this.account, this.region, identifiers);
    for (const [arn, policy] of Object.entries(awsManagedPolicies)) {
      this.#directory.managedPolicies.set(arn.replace(/^arn:aws:/, `arn:${partitionOf(this.region).name}:`), policy);
    }
    const trace: TraceListener = (event) => this.#emit(event);
    const { account, region, clock } = this;
    const routeOf = (functionName: string, service: string) => {
      const { vpc } = this.functions.find(functionName).settings;
      return vpc === undefined ? 'anywhere' : this.parts.ec2.routeOf(vpc.securityGroupIds, service);
    };
    this.#gateway = new Gateway({ account, region, clock, directory: this.#directory, identifiers, trace, routeOf });
    const resourceTypes: Record<string, ResourceType> = {};
    this.#core = this.#createCore(identifiers, trace, resourceTypes);
    this.parts = createParts(this.#core, {
      ...options,
      directory: this.#directory,
      answer: (request, invoker) => this.#gateway.handle(request, invoker),
    });
    for (const part of this.parts.all) {
      Object.assign(resourceTypes, part.resourceTypes);
      for (const service of part.services ?? []) {
        this.#gateway.add(service);
      }
    }
  }

  /** What services are given; tests call operations through it. */
  get core(): CloudCore {
    return this.#core;
  }

  /** The functions there are. */
  get functions(): Parts['lambda']['functions'] {
    return this.parts.lambda.functions;
  }

  /** The queues there are. */
  get queues(): Parts['sqs']['queues'] {
    return this.parts.sqs.queues;
  }

  /** The schedules there are. */
  get schedules(): Parts['scheduler']['schedules'] {
    return this.parts.scheduler.schedules;
  }

  /** Deploys one stack of a synthesized assembly. Throws DeployError naming what cannot be created. */
  async deploy(
    assemblyDir: string,
    stackName: string,
    parameters: Record<string, string> = {},
  ): Promise<DeployedStack> {
    const { template, templateDir } = readTemplate(assemblyDir, stackName);
    return this.deployTemplate(template, stackName, { assemblyDir: templateDir, parameters });
  }

  /** Deploys a template that is at hand. */
  async deployTemplate(
    template: Template,
    stackName: string,
    options: { assemblyDir?: string; parameters?: Record<string, string> } = {},
  ): Promise<DeployedStack> {
    if (this.#deployed.has(stackName)) {
      throw new DeployError(`the stack ${stackName} is deployed already, and updates are not simulated`);
    }
    this.#deployed.add(stackName);
    const request = { template, stackName, assemblyDir: options.assemblyDir, parameters: options.parameters ?? {} };
    return this.clock.run(async () => {
      const deployed = await deployStack(this.#core, request);
      const { stackId: id, resources, outputs } = deployed;
      const createdAtMs = this.clock.nowMs();
      const { parameters } = request;
      this.parts.cloudformation.adopt({ id, name: stackName, template, parameters, resources, outputs, createdAtMs });
      return deployed;
    });
  }

  /** What an SDK client takes as `requestHandler`, to talk to this world in process. */
  requestHandler(): RequestHandler {
    return createRequestHandler((request) => this.#answer(request));
  }

  /** Opens the one HTTP door (0 takes any free port, or the open one). Rejects if the port is taken, or another is open. */
  async listen(port = 0): Promise<HttpDoor> {
    if (this.#closed) {
      throw new Error('the simulated AWS is closed');
    }
    this.#door ??= openHttpDoor(port, (request) => this.#answer(request));
    const door = await this.#door;
    if (port !== 0 && port !== door.port) {
      throw new Error(`the HTTP door is open on port ${door.port} already`);
    }
    this.#openDoor = door;
    return door;
  }

  /** Keys of a role's session, or of the account itself. */
  credentialsFor(roleArn: string | 'root', sessionName?: string): Credentials {
    return this.#core.credentialsFor(roleArn, sessionName);
  }

  /** A user with its own policies (documents, or ARNs of managed policies of the template), and its keys. */
  createUser(userName: string, policies: readonly (PolicyDocument | string)[]): Credentials {
    const inline = policies.filter((policy) => typeof policy !== 'string');
    const arn = `arn:${this.#core.partition}:iam::${this.account}:user/${userName}`;
    const managed = new Set(policies.filter((policy) => typeof policy === 'string'));
    for (const policy of managed) {
      if (!this.#directory.managedPolicies.has(policy)) {
        throw new AwsError('NoSuchEntity', `Policy ${policy} does not exist.`, { httpStatus: 404 });
      }
    }
    this.#directory.users.set(userName, {
      arn,
      inline: new Map(inline.map((policy, index) => [`inline-${index}`, policy])),
      managed,
    });
    return this.#directory.credentialsFor({ kind: 'user', arn, userName });
  }

  /** Keys of a user or a role of another account, and what its policies there allow. What is in this account has to allow it too. */
  createOutsider(arn: string, policies: readonly PolicyDocument[]): Credentials {
    return this.#directory.credentialsFor({ kind: 'outsider', arn, policies });
  }

  /** The HTTP APIs' base URLs by API name. Opens the HTTP door if it is not. */
  async apiUrls(): Promise<Readonly<Record<string, string>>> {
    const { url } = await this.listen();
    return Object.fromEntries(
      Object.entries(this.parts.httpApi.basePaths()).map(([name, path]) => [name, `${url}${path}`]),
    );
  }

  /** Puts a secret in, for `GetSecretValue`; gives its ARN. */
  putSecret(...given: Parameters<Parts['secrets']['putSecret']>): string {
    return this.parts.secrets.putSecret(...given);
  }

  /** Puts a SecureString into Parameter Store; gives its ARN. */
  putParameter(...given: Parameters<Parts['parameters']['putParameter']>): string {
    return this.parts.parameters.putParameter(...given);
  }

  /** Puts an event of an AWS service on the default bus. */
  emitServiceEvent(event: Parameters<CloudCore['emitServiceEvent']>[0]): void {
    this.#core.emitServiceEvent(event);
  }

  /** The organisation's service control policies, of which only what they deny counts. An empty list ends them. */
  setOrganizationPolicies(policies: readonly PolicyDocument[]): void {
    this.#directory.organizationPolicies = policies;
  }

  /** Makes calls fail, or their answers get lost. `undefined` ends it. */
  setFaults(plan: FaultPlan | undefined): void {
    this.#gateway.setFaults(plan);
  }

  /** Calls `listener` for every call that was carried out, until the returned function is called. */
  onCall(listener: CallListener): () => void {
    return this.#gateway.onCall(listener);
  }

  /** Whether this world's policies allow what a call demanded here or in another world of the same names; says why not. */
  judge({ caller, service, demands }: Extract<Trace, { kind: 'api' }>): string | undefined {
    try {
      for (const demand of demands) this.#gateway.checkDemand(caller, service, demand);
      return undefined;
    } catch (error) {
      if (error instanceof AwsError) return error.message;
      throw error;
    }
  }

  /** Calls `listener` for everything that happens, until the returned function is called. */
  onTrace(listener: TraceListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends every process, socket and timer. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.driver.stop();
    await Promise.all(this.parts.all.map((part) => part.close?.()));
    await (await this.#door)?.close();
  }

  async #answer(request: WireRequest): Promise<WireResponse> {
    this.driver.touch();
    const response = await this.clock.run(() =>
      request.path.startsWith('/_api/') ? this.parts.httpApi.answer(request) : this.#gateway.handle(request),
    );
    // As every server does, by this world's clock: a client can read the time here.
    return { ...response, headers: { ...response.headers, date: new Date(this.clock.nowMs()).toUTCString() } };
  }

  #emit(event: Trace): void {
    this.parts.monitoring.note(event);
    for (const listener of this.#listeners) {
      listener(event);
    }
  }

  #createCore(
    identifiers: ReturnType<typeof createIdentifiers>,
    trace: TraceListener,
    resourceTypes: Readonly<Record<string, ResourceType>>,
  ): CloudCore {
    const { account, region, clock } = this;
    const directory = this.#directory;
    const { name: partition } = partitionOf(region);
    const rootPrincipal: Principal = directory.root;
    return {
      account,
      region,
      partition,
      clock,
      otherHosts: this.otherHosts,
      resourceTypes,
      trace,
      newUuid: identifiers.newUuid,
      newHex: identifiers.newHex,
      arn: (service, resource) => `arn:${partition}:${service}:${region}:${account}:${resource}`,
      emitServiceEvent: (event) => this.parts.events.emitServiceEvent(event),
      call: (service, operation, input, principal) => this.#gateway.execute(service, operation, input, principal),
      assumeRole: (roleArn, service, options) => directory.assume(roleArn, service, options),
      credentialsFor: (roleArn, sessionName = 'session') =>
        directory.credentialsFor(roleArn === 'root' ? rootPrincipal : directory.sessionOf(roleArn, sessionName)),
      passRole: (roleArn, passedToService) => ({
        action: 'iam:PassRole',
        resources: [roleArn],
        conditions: { 'iam:PassedToService': passedToService },
      }),
      openEndpointUrl: () => this.#openDoor?.url,
      endpointUrl: async () => (await this.listen()).url,
      log: (logGroup, stream, message) => {
        const atMs = clock.nowMs();
        this.parts.logs.store.append(logGroup, stream, message, atMs);
        trace({ kind: 'log', atMs, logGroup, stream, message });
      },
    };
  }
}

/** Builds a simulated AWS. Nothing runs until a driver moves its clock. */
export function createCloud(options: CloudOptions): Cloud {
  return new Cloud(options);
}
