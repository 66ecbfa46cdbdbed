/**
 * The account's quotas that a deployment leans on, by Service Quotas. Each is asked for by its own call, and one that may not be read is reported
 * of and not taken for a fault: the permission is one that a deployer need not have.
 */
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  NoSuchResourceException,
  type ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';

/**
 * Codes as `aws service-quotas list-service-quotas --service-code <service>` lists them. What they limit:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html#service-quotas-fargate,
 * https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const quotaCodes = {
  fargateVcpus: { ServiceCode: 'fargate', QuotaCode: 'L-3032A538' },
  interfaceEndpointsPerVpc: { ServiceCode: 'vpc', QuotaCode: 'L-29B6F2EB' },
  /** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
  networkInterfaces: { ServiceCode: 'vpc', QuotaCode: 'L-DF5E4CA3' },
  lambdaConcurrency: { ServiceCode: 'lambda', QuotaCode: 'L-B99A9384' },
} as const;

/** Which quota it is, for who can have it raised. */
export function describeQuota(name: keyof typeof quotaCodes): string {
  const { ServiceCode, QuotaCode } = quotaCodes[name];
  return `have the quota ${ServiceCode}/${QuotaCode} raised in Service Quotas`;
}

export type QuotaName = keyof typeof quotaCodes;

/** Values that could be read, and why the others could not. */
export interface Quotas {
  readonly values: Partial<Record<QuotaName, number>>;
  readonly unread: Partial<Record<QuotaName, string>>;
}

/** Reads the quotas that hold in the account and Region of `client`. */
export async function readQuotas(client: ServiceQuotasClient): Promise<Quotas> {
  const quotas = { values: {} as Record<string, number>, unread: {} as Record<string, string> };
  await Promise.all(
    Object.entries(quotaCodes).map(async ([name, codes]) => {
      try {
        quotas.values[name] = await readQuota(client, codes);
      } catch (error) {
        quotas.unread[name] = (error as Error).message;
      }
    }),
  );
  return quotas;
}

/** An account for which nobody ever changed a quota may have none of its own. */
async function readQuota(client: ServiceQuotasClient, codes: (typeof quotaCodes)[QuotaName]): Promise<number> {
  const { Quota } = await client.send(new GetServiceQuotaCommand(codes)).catch((error: unknown) => {
    if (!(error instanceof NoSuchResourceException)) throw error;
    return client.send(new GetAWSDefaultServiceQuotaCommand(codes));
  });
  if (Quota?.Value === undefined) throw new Error('the answer has no value');
  return Quota.Value;
}
