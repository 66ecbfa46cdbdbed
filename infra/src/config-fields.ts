/** The kinds of value that a configuration is made of; each says what would be right. */
import { Token } from 'aws-cdk-lib';
import { z } from 'zod';

/** A text of this form, or a token of the CDK, whose value is known when it is deployed. */
export const textOrToken = (form: RegExp, message: string) =>
  z.string().refine((text) => Token.isUnresolved(text) || form.test(text), message);

/** An AWS id with this prefix. */
export const id = (prefix: string, example: string) =>
  textOrToken(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `must be an id such as ${example}`);

/** Subnets for endpoints, one per Zone. The Zone is said, so that two in one are refused before anything asks the account. */
export const endpointSubnets = z
  .array(
    z.strictObject({
      subnet: id('subnet', 'subnet-0123456789abcdef0'),
      zone: textOrToken(
        /^[a-z]{2,}(-[a-z0-9]+)+-\d+[a-z]$/,
        'must be an Availability Zone such as ap-northeast-1a',
      ).optional(),
    }),
  )
  .min(1, 'must name at least 1')
  .superRefine((entries, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    for (const [index, { subnet, zone }] of entries.entries()) {
      const earlier = entries.slice(0, index);
      if (earlier.some((one) => one.subnet === subnet)) refuse([index, 'subnet'], 'must not be named twice');
      else if (zone === undefined && entries.length > 1)
        refuse([index, 'zone'], 'must be said where there are several');
      else if (zone !== undefined && earlier.some((one) => one.zone === zone)) {
        refuse([index, 'zone'], `must not be ${zone} again: name one subnet per Zone`);
      }
    }
  });

/** An IPv4 range. */
export const cidr = textOrToken(z.regexes.cidrv4, 'must be an IPv4 range such as 10.0.0.0/16');

/** Whole seconds within these bounds. */
export const seconds = (least: number, most: number) =>
  z
    .int('must be a whole number of seconds')
    .min(least, `must be at least ${least} seconds`)
    .max(most, `must be at most ${most} seconds`);

/** A whole number within these bounds. */
export const count = (least: number, most: number) =>
  z.int('must be a whole number').min(least, `must be at least ${least}`).max(most, `must be at most ${most}`);

/** A list of at least `least` different values. */
export const listOf = <T extends z.ZodType<string>>(item: T, least: number) =>
  z
    .array(item)
    .min(least, `must name at least ${least}`)
    .refine((items) => new Set(items).size === items.length, 'must not name one twice');

/** A service that can have an interface endpoint, by its short name. */
export const endpointService = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9.-]*$/,
    'must be a short service name such as secretsmanager (without com.amazonaws.<region>)',
  );

/** Whether a gateway endpoint is created, or the VPC has it. */
export const gatewayEndpoint = z.enum(['create', 'existing'], 'must be create or existing');

/** A command that a request may name. */
export const namedCommand = z.strictObject({
  /** What runs in the container, word by word; never a shell line, never from a request. */
  command: z
    .array(z.string().min(1, 'must not be empty'))
    .min(1, 'must have at least one word, such as ["aws", "s3", "ls"]'),
  /** Interface endpoints the command needs beyond those every task needs; each costs its hourly price while open. */
  endpoints: listOf(endpointService, 0).default([]),
  /** What the task role is allowed besides its own work; all tasks share one role. */
  policy: z
    .array(
      z.strictObject({
        actions: listOf(z.string().regex(/^[a-z0-9-]+:[A-Za-z0-9*]+$/, 'must be an action such as s3:GetObject'), 1),
        resources: listOf(textOrToken(/^(\*|arn:.+)$/, 'must be an ARN, or * where the action knows no resource'), 1),
      }),
    )
    .default([]),
});

/** Whether Fargate offers this pair: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size */
export function fitsFargate(cpu: number, memoryMiB: number): boolean {
  if (cpu === 256) return [512, 1024, 2048].includes(memoryMiB);
  const [least, most] = { 512: [1024, 4096], 1024: [2048, 8192], 2048: [4096, 16_384], 4096: [8192, 30_720] }[cpu] ?? [
    0, 0,
  ];
  return memoryMiB % 1024 === 0 && memoryMiB >= (least ?? 0) && memoryMiB <= (most ?? 0);
}
