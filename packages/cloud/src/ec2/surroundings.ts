/**
 * The network that users bring: VPCs, subnets, route tables, and what the Region offers. What is not given is ordinary: a VPC with DNS on and the
 * Region's own resolver, subnets with free addresses, one route table with a way to everywhere. Tests change it to plant what is wrong.
 */
import type { CloudCore } from '../core.ts';
import type { NetworkOptions } from './network.ts';

export interface Vpc {
  ownerId: string;
  state: string;
  cidrs: string[];
  dnsSupport: boolean;
  dnsHostnames: boolean;
  /** Of its DHCP options; empty where it has the default ones. */
  nameServers: string[];
}

export interface Subnet {
  vpcId: string;
  zone: string;
  freeAddresses: number;
  ipv6Native: boolean;
}

export interface RouteTable {
  vpcId: string;
  /** Whether it is used by subnets that no table names. */
  isMain: boolean;
  subnets: string[];
  routes: { cidr: string; target: string; state: 'active' | 'blackhole' }[];
}

export class Surroundings {
  readonly #core: CloudCore;
  readonly vpcs = new Map<string, Vpc>();
  readonly subnets = new Map<string, Subnet>();
  readonly routeTables = new Map<string, RouteTable>();
  /** AWS's own, by id: the short name of the service. */
  readonly prefixLists = new Map([
    ['pl-61a54008', 's3'],
    ['pl-78a54011', 'dynamodb'],
  ]);
  /** Services that the Region lacks, and those that only some Zones have, by short name. */
  readonly missingServices = new Set<string>();
  readonly zonesOfService = new Map<string, string[]>();
  /** Private hosted zones of the user's own, by VPC. */
  readonly hostedZones = new Map<string, string[]>();
  /** Network interfaces of other workloads. */
  otherInterfaces = 0;
  /** Whether subnets were given: then there are no others. */
  readonly #isGiven: boolean;

  constructor(core: CloudCore, options: NetworkOptions) {
    this.#core = core;
    this.#isGiven = options.subnets !== undefined;
    for (const [id, { vpcId, zone }] of Object.entries(options.subnets ?? {})) {
      this.mentionVpc(vpcId);
      this.subnets.set(id, ordinarySubnet(vpcId, zone));
    }
  }

  mentionVpc(id: string): void {
    if (this.vpcs.has(id)) return;
    const { account: ownerId } = this.#core;
    const cidrs = ['10.0.0.0/16'];
    this.vpcs.set(id, { ownerId, state: 'available', cidrs, dnsSupport: true, dnsHostnames: true, nameServers: [] });
  }

  /** A gateway endpoint names route tables that must be there. */
  mentionRouteTable(id: string, vpcId: string): void {
    if (this.routeTables.has(id)) return;
    const routes: RouteTable['routes'] = [{ cidr: '0.0.0.0/0', target: 'vgw-0123456789abcdef0', state: 'active' }];
    const isMain = ![...this.routeTables.values()].some((one) => one.vpcId === vpcId && one.isMain);
    this.routeTables.set(id, { vpcId, isMain, subnets: [], routes });
  }

  /** One that was not given is in the first VPC there is, unless others were given. */
  findSubnet(id: string, zoneOf: (id: string) => string): Subnet | undefined {
    const found = this.subnets.get(id);
    const [vpcId] = this.vpcs.keys();
    if (found !== undefined || this.#isGiven || vpcId === undefined) return found;
    const made = ordinarySubnet(vpcId, zoneOf(id));
    this.subnets.set(id, made);
    return made;
  }

  /** Zones of an interface endpoint's service; undefined for one that the Region lacks. */
  zonesOf(service: string): string[] | undefined {
    if (this.missingServices.has(service)) return undefined;
    const { region } = this.#core;
    const all = ['a', 'b', 'c', 'd'].map((letter) => `${region}${letter}`);
    const given = [...this.subnets.values()].map(({ zone }) => zone);
    return this.zonesOfService.get(service) ?? [...new Set([...all, ...given])];
  }
}

function ordinarySubnet(vpcId: string, zone: string): Subnet {
  return { vpcId, zone, freeAddresses: 250, ipv6Native: false };
}
