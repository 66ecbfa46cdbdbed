/**
 * What exists of EC2: interface and gateway endpoints, security groups, and the VPCs and subnets that users bring.
 * An endpoint lives pending → available → deleting → deleted by the clock alone. Its lifetime stays in a ledger for ever: that is
 * what is paid for.
 */

import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { SecurityRule } from './security-rules.ts';

export type EndpointState = 'pending' | 'available' | 'deleting' | 'deleted';

export interface Endpoint {
  readonly id: string;
  readonly type: 'Interface' | 'Gateway';
  readonly serviceName: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly routeTableIds: readonly string[];
  readonly privateDns: boolean;
  /** As JSON; undefined for the open one. */
  policy?: string | undefined;
  readonly tags: Map<string, string>;
  readonly createdAtMs: number;
  readonly availableAtMs: number;
  /** When the deletion was asked for. */
  deletingAtMs: number | undefined;
  /** When it was gone. */
  deletedAtMs: number | undefined;
}

/** One endpoint's life, as it is paid for: each started hour of `createdAtMs` to `deletedAtMs`, once per Zone. */
export interface EndpointLifetime {
  readonly id: string;
  readonly service: string;
  readonly type: 'Interface' | 'Gateway';
  readonly zones: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly deletedAtMs: number | undefined;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Added and removed by resources of their own, too. */
  readonly rules: Map<string, SecurityRule>;
}

/** What is given of the network users bring; ids that are not given exist too, each subnet in a Zone of its own. */
export interface NetworkOptions {
  readonly subnets?: Readonly<Record<string, { readonly vpcId: string; readonly zone: string }>>;
  /** How long an endpoint is pending, and how long deleting. Milliseconds of the virtual clock. */
  readonly availableAfterMs?: number;
  readonly deletedAfterMs?: number;
}

export interface EndpointRequest {
  readonly type: 'Interface' | 'Gateway';
  readonly serviceName: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly routeTableIds: readonly string[];
  readonly privateDns: boolean;
  readonly policy?: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
}

/** Both are much shorter than what CloudFormation takes around them. */
const DEFAULT_AVAILABLE_AFTER_MS = 20_000;
const DEFAULT_DELETED_AFTER_MS = 20_000;

export class Network {
  readonly #core: CloudCore;
  readonly #options: NetworkOptions;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #groups = new Map<string, SecurityGroup>();
  readonly #zones = new Map<string, string>();

  constructor(core: CloudCore, options: NetworkOptions) {
    this.#core = core;
    this.#options = options;
  }

  /** Every endpoint there ever was, oldest first. */
  lifetimes(): EndpointLifetime[] {
    return [...this.#endpoints.values()].map((endpoint) => ({
      id: endpoint.id,
      service: endpoint.serviceName,
      type: endpoint.type,
      zones: endpoint.subnetIds.length,
      tags: Object.fromEntries(endpoint.tags),
      createdAtMs: endpoint.createdAtMs,
      deletedAtMs: endpoint.deletedAtMs,
    }));
  }

  stateOf(endpoint: Endpoint): EndpointState {
    if (endpoint.deletedAtMs !== undefined) return 'deleted';
    if (endpoint.deletingAtMs !== undefined) return 'deleting';
    return this.#core.clock.nowMs() < endpoint.availableAtMs ? 'pending' : 'available';
  }

  /** All that are not gone. */
  endpoints(): Endpoint[] {
    return [...this.#endpoints.values()].filter((endpoint) => endpoint.deletedAtMs === undefined);
  }

  find(id: string): Endpoint | undefined {
    const endpoint = this.#endpoints.get(id);
    return endpoint?.deletedAtMs === undefined ? endpoint : undefined;
  }

  /** @throws AwsError as EC2 words it, for a network that cannot take the endpoint. */
  create(request: EndpointRequest): Endpoint {
    this.#refuseConflicts(request);
    const nowMs = this.#core.clock.nowMs();
    const endpoint: Endpoint = {
      ...request,
      tags: new Map(request.tags),
      id: `vpce-${this.#core.newHex(17)}`,
      createdAtMs: nowMs,
      availableAtMs: nowMs + (this.#options.availableAfterMs ?? DEFAULT_AVAILABLE_AFTER_MS),
      deletingAtMs: undefined,
      deletedAtMs: undefined,
    };
    this.#endpoints.set(endpoint.id, endpoint);
    this.#report(endpoint, 'created');
    return endpoint;
  }

  /** Asks for the deletion; again on one that is going changes nothing. */
  delete(endpoint: Endpoint): void {
    if (endpoint.deletingAtMs !== undefined) return;
    const { clock } = this.#core;
    endpoint.deletingAtMs = clock.nowMs();
    const goneAtMs = endpoint.deletingAtMs + (this.#options.deletedAfterMs ?? DEFAULT_DELETED_AFTER_MS);
    clock.schedule(goneAtMs, `endpoint ${endpoint.id} gone`, () => {
      endpoint.deletedAtMs = goneAtMs;
      this.#report(endpoint, 'deleted');
    });
  }

  addGroup(group: SecurityGroup): void {
    this.#groups.set(group.id, group);
  }

  deleteGroup(id: string): void {
    this.#groups.delete(id);
  }

  groups(): SecurityGroup[] {
    return [...this.#groups.values()];
  }

  group(id: string): SecurityGroup | undefined {
    return this.#groups.get(id);
  }

  /** The Zone of a subnet. One that is not given gets the next Zone, and keeps it. */
  zoneOf(subnetId: string): string {
    const known = this.#options.subnets?.[subnetId]?.zone ?? this.#zones.get(subnetId);
    if (known !== undefined) return known;
    const zone = `${this.#core.region}${String.fromCharCode('a'.charCodeAt(0) + (this.#zones.size % 26))}`;
    this.#zones.set(subnetId, zone);
    return zone;
  }

  #refuseConflicts(request: EndpointRequest): void {
    const zones = request.subnetIds.map((id) => this.zoneOf(id));
    if (new Set(zones).size !== zones.length) {
      throw new AwsError(
        'DuplicateSubnetsInSameZone',
        'Found another VPC endpoint subnet in the availability zone of this subnet.',
      );
    }
    const sameService = this.endpoints().filter(
      (other) => other.vpcId === request.vpcId && other.serviceName === request.serviceName,
    );
    // While the old one is going its private zone is still associated.
    if (request.privateDns && sameService.some((other) => other.privateDns)) {
      throw new AwsError(
        'InvalidParameter',
        `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${request.serviceName.split('.').slice(3).join('.')}.${this.#core.region}.amazonaws.com in the VPC ${request.vpcId}`,
      );
    }
    const taken = request.routeTableIds.find((id) =>
      sameService.some((other) => other.type === 'Gateway' && other.routeTableIds.includes(id)),
    );
    if (taken !== undefined) {
      throw new AwsError(
        'RouteAlreadyExists',
        `route table ${taken} already has a route with destination-prefix-list-id`,
      );
    }
  }

  #report(endpoint: Endpoint, state: 'created' | 'deleted'): void {
    this.#core.trace({
      kind: 'endpoint',
      atMs: this.#core.clock.nowMs(),
      endpointId: endpoint.id,
      serviceName: endpoint.serviceName,
      state,
      zones: endpoint.subnetIds.length,
      tags: Object.fromEntries(endpoint.tags),
    });
  }
}
