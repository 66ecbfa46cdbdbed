/**
 * The one way into the simulated AWS: finds service and caller of a request, decodes it, asks IAM, runs the operation, and encodes the
 * answer or the error. Both doors and the calls between services go through `execute`.
 */
import type { Clock } from '../clock.ts';
import { AwsError } from '../errors.ts';
import type { Directory } from '../iam/directory.ts';
import type { Identifiers } from '../identifiers.ts';
import { type Demand, type PolicyDocument, type Principal, RawResponse, type Route, type Service } from '../service.ts';
import type { TraceListener } from '../trace.ts';
import { type CallFault, type CallListener, type FaultPlan, HandlerDied, type Invoker } from './faults.ts';
import { rawResponse, type WireRequest, type WireResponse } from './message.ts';
import { chooseCodec, refuseService } from './protocol.ts';

export interface GatewayOptions {
  readonly account: string;
  readonly region: string;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly identifiers: Identifiers;
  readonly trace: TraceListener;
  /** How a function reaches a service; `anywhere` outside of a VPC, undefined where its VPC has no way. */
  readonly routeOf: (functionName: string, service: string) => Route | 'anywhere' | undefined;
}

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #services = new Map<string, Service>();
  #faults: FaultPlan | undefined;
  readonly #listeners = new Set<CallListener>();

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  add(service: Service): void {
    this.#services.set(service.id, service);
  }

  setFaults(plan: FaultPlan | undefined): void {
    this.#faults = plan;
  }

  /** Calls `listener` for every call that was carried out, at once, until the returned function is called. */
  onCall(listener: CallListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Answers one signed request. What breaks inside is an `InternalFailure` (500) that shows its stack.
   * @throws HandlerDied if a fault ends the function that calls.
   */
  async handle(request: WireRequest, invoker?: Invoker): Promise<WireResponse> {
    const requestId = this.#options.identifiers.newUuid();
    const scope = credentialScope(request);
    const service = this.#services.get(scope?.service ?? '');
    if (service === undefined) {
      return refuseService(request, scope?.service);
    }
    const codec = chooseCodec(request, service);
    try {
      const principal = this.#options.directory.principalOfKey(scope?.accessKeyId);
      const { operation, input } = codec.decode(request, service);
      const output = await this.execute(service.id, operation, input, principal, requestId, {
        rawBody: request.body,
        invoker,
      });
      return output instanceof RawResponse ? rawResponse(output) : codec.encode(output, operation, service, requestId);
    } catch (error) {
      if (error instanceof HandlerDied) throw error;
      const known =
        error instanceof AwsError
          ? error
          : new AwsError('InternalFailure', error instanceof Error ? `${error.stack}` : String(error), {
              httpStatus: 500,
            });
      return codec.encodeError(known, service, requestId);
    }
  }

  /** Runs one operation as `principal`. Throws AwsError. */
  async execute(
    serviceId: string,
    operation: string,
    input: Record<string, unknown>,
    principal: Principal,
    requestId: string = this.#options.identifiers.newUuid(),
    { rawBody = '', invoker }: { rawBody?: string; invoker?: Invoker | undefined } = {},
  ): Promise<unknown> {
    const { clock, account, region, trace } = this.#options;
    const service = this.#services.get(serviceId);
    const run = service?.operations[operation];
    if (service === undefined || run === undefined) {
      throw new Error(`no simulated operation ${serviceId}.${operation}`);
    }
    const resources = new Set<string>();
    const demands: Demand[] = [];
    const report = (outcome: string, message?: string): void =>
      trace({
        kind: 'api',
        atMs: clock.nowMs(),
        service: serviceId,
        operation,
        principal: principal.arn,
        resources: [...resources],
        caller: principal,
        demands,
        outcome,
        ...(message === undefined ? {} : { message }),
      });
    const fault: CallFault = this.#faults?.({ service: serviceId, operation, principal, input, invoker }) ?? {};
    try {
      if (fault.delayMs !== undefined) await clock.sleep(fault.delayMs, `${serviceId}.${operation} is slow`);
      const route = invoker === undefined ? 'anywhere' : this.#options.routeOf(invoker.functionName, serviceId);
      // Nobody answers, and nobody says so.
      if (route === undefined) await hang(clock);
      if (fault.die === 'before') throw new HandlerDied(`before ${serviceId}.${operation}`);
      const call = {
        principal,
        nowMs: clock.nowMs(),
        region,
        account,
        requestId,
        rawBody,
        route: route === 'anywhere' ? undefined : route,
      };
      for (const demand of service.authorize(operation, input, call)) {
        demands.push(demand);
        for (const resource of demand.resources) {
          resources.add(resource);
        }
        this.#options.directory.check(principal, demand, (resource) => this.#resourcePolicy(service, resource));
      }
      if (fault.refuse !== undefined) throw fault.refuse;
      const output = await (fault.instead === undefined ? run(input, call) : fault.instead((own) => run(own, call)));
      report('ok');
      for (const listener of this.#listeners)
        listener({ service: serviceId, operation, principal, input, invoker }, output);
      if (fault.answerDelayMs !== undefined) {
        await clock.sleep(fault.answerDelayMs, `${serviceId}.${operation} answers slowly`);
      }
      if (fault.die === 'after') throw new HandlerDied(`after ${serviceId}.${operation}`);
      if (fault.loseAnswer !== undefined) throw fault.loseAnswer;
      return output;
    } catch (error) {
      if (!(error instanceof HandlerDied) && error !== fault.loseAnswer)
        report(
          error instanceof AwsError ? error.code : 'InternalFailure',
          error instanceof Error ? error.message : undefined,
        );
      // An error is an answer too.
      if (fault.die === 'after') throw new HandlerDied(`after ${serviceId}.${operation}`);
      throw error;
    }
  }

  /** Throws AccessDeniedException unless IAM allows what an earlier call demanded: policies can be judged by a recorded history. */
  checkDemand(principal: Principal, serviceId: string, demand: Demand): void {
    const service = this.#services.get(serviceId);
    this.#options.directory.check(principal, demand, (arn) =>
      service === undefined ? undefined : this.#resourcePolicy(service, arn),
    );
  }

  #resourcePolicy(service: Service, resource: string): PolicyDocument | undefined {
    return service.resourcePolicy?.(resource);
  }
}

/** Of the signature, in the header or (of an address that was signed beforehand) in the query. */
function credentialScope({ headers, query }: WireRequest): { accessKeyId: string; service: string } | undefined {
  const signed = query['X-Amz-Credential'];
  const text = headers.authorization ?? (signed === undefined ? '' : `Credential=${String(signed)}`);
  const match = /Credential=([^/,\s]+)\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(text);
  return match === null ? undefined : { accessKeyId: match[1] as string, service: match[2] as string };
}

/** Whoever waits for it is asleep for ever. */
function hang(clock: Clock): Promise<never> {
  clock.pauseWork();
  return new Promise(() => {});
}
