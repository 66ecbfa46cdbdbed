/** Whether the account has what a deployment leans on: name resolution and quotas. */
import type { HourglassConfig } from '../config.ts';
import type { ObservedNetwork } from './observed-network.ts';
import { type Quotas, quotaCodes } from './quotas.ts';

/** Functions that may run at once: two for each of the two queues' readers, one of each of the five others. */
const functionsAtOnce = 9;

/** https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html */
export function* findDnsFaults({ vpcId }: HourglassConfig, { dns }: ObservedNetwork) {
  const turnOn = (attribute: string, option: string) =>
    `vpcId: private DNS needs ${attribute} (aws ec2 modify-vpc-attribute --vpc-id ${vpcId} --${option})`;
  if (!dns.support) yield turnOn('enableDnsSupport', 'enable-dns-support');
  if (!dns.hostnames) yield turnOn('enableDnsHostnames', 'enable-dns-hostnames');
}

export function* findQuotaFaults({ maxParallelTasks, task }: HourglassConfig, quotas: Quotas) {
  const { fargateVcpus, lambdaConcurrency } = quotas.values;
  const vcpus = (maxParallelTasks * task.cpu) / 1_024;
  if (fargateVcpus !== undefined && vcpus > fargateVcpus) {
    yield `maxParallelTasks: ${maxParallelTasks} tasks take ${vcpus} vCPUs, and the quota of Fargate is ${fargateVcpus}${describeQuota('fargateVcpus')}`;
  }
  if (lambdaConcurrency !== undefined && functionsAtOnce > lambdaConcurrency) {
    yield `deployment: ${functionsAtOnce} functions may run at once, and the quota of Lambda is ${lambdaConcurrency}${describeQuota('lambdaConcurrency')}`;
  }
}

/** Which quota it is, for who can have it raised. */
export function describeQuota(name: keyof typeof quotaCodes): string {
  const { ServiceCode, QuotaCode } = quotaCodes[name];
  return ` (Service Quotas, ${ServiceCode}/${QuotaCode}; have it raised)`;
}
