/**
 * What a deployment needs of the account that it stands in, as its configuration says: the preflight asks the account for it before anything is made,
 * and `hourglass doctor` afterwards, by the parameter /hourglass/<deployment>/deployment/needs that infra writes. Nothing secret is in it.
 */
import * as z from 'zod';

/** Where credentials of a git host rest. */
const Credentials = z.object({
  bucket: z.string().optional(),
  key: z.string().optional(),
  secretArn: z.string().optional(),
  kmsKeyArn: z.string().optional(),
});

export const DeploymentNeeds = z.object({
  deployment: z.string(),
  vpcId: z.string(),
  vpcCidrs: z.array(z.string()),
  taskSubnets: z.array(z.string()),
  endpointSubnets: z.array(z.object({ subnet: z.string(), zone: z.string().optional() })),
  routeTables: z.array(z.string()),
  gatewayEndpoints: z.object({ s3: z.enum(['create', 'existing']), dynamodb: z.enum(['create', 'existing']) }),
  prefixLists: z.object({ s3: z.string(), dynamodb: z.string() }),
  /** Short names of services that the VPC has an endpoint of anyway. */
  existingEndpoints: z.array(z.string()),
  /** Interface endpoints of an open hour, by short name; and the key of the configuration that asks for each. */
  interfaceEndpoints: z.record(z.string(), z.string()),
  sources: z.object({ hosts: z.array(z.string()), cidrs: z.array(z.string()), ports: z.array(z.int()) }),
  credentials: z.array(Credentials),
  maxParallelTasks: z.int(),
  /** Of a task, in thousandths of a vCPU (1,024 is one). */
  taskCpu: z.int(),
  /** Names in CodeCommit; null where any may be asked for. */
  mirrors: z.array(z.string()).nullable(),
  /** An image in ECR that somebody else has put there. */
  imageUri: z.string().nullable(),
  /** By source: where the secret of its webhooks rests. */
  webhookSecrets: z.record(z.string(), z.object({ parameter: z.string(), kmsKeyArn: z.string().optional() })),
});
export type DeploymentNeeds = z.output<typeof DeploymentNeeds>;

/** What has been made, beside its needs. ARNs of roles by who takes them: the functions, `task`, `execution`, `stack`, `scheduler`. */
export const DeploymentMade = z.object({
  taskSecurityGroup: z.string(),
  endpointsSecurityGroup: z.string(),
  taskDefinition: z.string(),
  scheduleGroup: z.string(),
  /** By service. */
  functions: z.record(z.string(), z.string()),
  roles: z.record(z.string(), z.string()),
  /** Before the name of a source; null where no git server may call. */
  hooksUrl: z.string().nullable(),
});
export type DeploymentMade = z.output<typeof DeploymentMade>;

export const NeedsParameter = z.object({ version: z.literal(1), needs: DeploymentNeeds, made: DeploymentMade });
