import { admissionEnv, json, leaseEnv, list, text } from '@hourglass/shared';
import * as z from 'zod';

export const runnerEnv = z.object({
  ...leaseEnv,
  /** The command lines behind the names that requests give. */
  COMMANDS: admissionEnv.COMMANDS,
  CLUSTER_ARN: text,
  TASK_DEFINITION_ARN: text,
  TASK_SUBNETS: list.refine((subnets) => subnets.length > 0, 'must name at least one subnet'),
  TASK_SECURITY_GROUP: text,
  FAILED_QUEUE_URL: text,
  /** The direct carrier's lease, the function that begins its attempts, and how long one may take in seconds; null without that carrier. */
  DIRECT: json(
    z.object({ leaseId: z.string(), fetcherArn: z.string(), attemptSeconds: z.int().positive() }).nullable(),
  ),
  /** Of what it makes; the deployment's own are added to them. */
  TAGS: json(z.record(z.string(), z.string())),
});

export type RunnerEnv = z.input<typeof runnerEnv>;
export type RunnerConfig = z.output<typeof runnerEnv>;
