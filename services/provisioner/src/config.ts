import { json, leaseEnv, text } from '@hourglass/shared';
import * as z from 'zod';

export const provisionerEnv = z.object({
  ...leaseEnv,
  /** One constant name per lease. */
  STACK_NAME: text,
  /** What the id of every stack of that name begins with; the role may look at no other. */
  STACK_ID_PREFIX: text,
  /** The role with which CloudFormation makes and deletes the endpoints. */
  STACK_ROLE_ARN: text,
  /** Parameters of the endpoints template, without LeaseId and Fence. */
  STACK_PARAMETERS: json(z.record(z.string(), z.string())),
  FAILED_QUEUE_URL: text,
  /** Of what it makes; the deployment's own are added to them. */
  TAGS: json(z.record(z.string(), z.string())),
});

export type ProvisionerEnv = z.input<typeof provisionerEnv>;
export type ProvisionerConfig = z.output<typeof provisionerEnv>;
