/** Whether the account's quotas are large enough for the deployment at its busiest. */
import type { DeploymentNeeds } from '@hourglass/shared/deployment-needs';
import { fault, type Wrong, warning } from './found.ts';
import { describeQuota, type Quotas, quotaCodes } from './quotas.ts';

/** Functions that may run at once: two for each of the two queues' readers, one of each of the five others. */
const functionsAtOnce = 9;

export function* checkQuotas(
  { maxParallelTasks, taskCpu, interfaceEndpoints, endpointSubnets }: DeploymentNeeds,
  quotas: Quotas,
  interfaces?: number | undefined,
): Generator<Wrong> {
  const { fargateVcpus, lambdaConcurrency, networkInterfaces } = quotas.values;
  const vcpus = (maxParallelTasks * taskCpu) / 1_024;
  if (fargateVcpus !== undefined && vcpus > fargateVcpus) {
    const message = `${maxParallelTasks} tasks take ${vcpus} vCPUs, and the quota of Fargate is ${fargateVcpus}`;
    yield fault('quotas', 'maxParallelTasks', message, describeQuota('fargateVcpus'));
  }
  if (lambdaConcurrency !== undefined && functionsAtOnce > lambdaConcurrency) {
    const message = `${functionsAtOnce} functions may run at once, and the quota of Lambda is ${lambdaConcurrency}`;
    yield fault('quotas', 'deployment', message, describeQuota('lambdaConcurrency'));
  }
  const more = maxParallelTasks + Object.keys(interfaceEndpoints).length * endpointSubnets.length;
  if (networkInterfaces !== undefined && interfaces !== undefined && interfaces + more > networkInterfaces) {
    yield fault(
      'quotas',
      'maxParallelTasks',
      `tasks and endpoints take ${more} network interfaces, the account has ${interfaces}, and the quota is ${networkInterfaces}`,
      describeQuota('networkInterfaces'),
    );
  }
  for (const [name, reason] of Object.entries(quotas.unread)) {
    const { ServiceCode, QuotaCode } = quotaCodes[name as keyof typeof quotaCodes];
    yield warning(
      'quotas',
      'deployment',
      `the quota ${ServiceCode}/${QuotaCode} (${name}) could not be read, and is not checked: ${reason}`,
      'allow servicequotas:GetServiceQuota and GetAWSDefaultServiceQuota to have it checked',
    );
  }
}
