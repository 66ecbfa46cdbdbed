/** The kinds of value that a configuration is made of; each says what would be right. */
import { z } from 'zod';

/** An AWS id with this prefix. */
export const id = (prefix: string, example: string) =>
  z.string().regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `must be an id such as ${example}`);

/** Subnets for endpoints, one per Zone. The Zone is said, so that two in one are refused before anything asks the account. */
export const endpointSubnets = z
  .array(
    z.strictObject({
      subnet: id('subnet', 'subnet-0123456789abcdef0'),
      zone: z
        .string()
        .regex(/^[a-z]{2,}(-[a-z]+)+-\d+[a-z]$/, 'must be an Availability Zone such as ap-northeast-1a')
        .optional(),
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

const octet = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';
/** An IPv4 range. */
export const cidr = z
  .string()
  .regex(new RegExp(`^${octet}(\\.${octet}){3}/(3[0-2]|[12]?\\d)$`), 'must be an IPv4 range such as 10.0.0.0/16');

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

/** A key of the user's own; none for what AWS encrypts with its keys anyway, which a reader needs no further permission for. */
const kmsKeyArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, 'must be the ARN of a key, not of an alias')
  .optional();

/** Where the credentials of a git host rest; a task reads them just before it mirrors. */
const sourceCredentials = z.union(
  [
    z.strictObject({
      bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'),
      key: z
        .string()
        // What S3 calls safe: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
        .regex(/^[\w!.'()-][\w!.'()/-]{0,255}$/, "must be the key of an object: letters, digits and !-_.'()/ only"),
      kmsKeyArn,
    }),
    z.strictObject({
      secretArn: z
        .string()
        .regex(
          /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,200}-\w{6}$/,
          'must be the whole ARN of a secret, with the six characters at its end',
        ),
      kmsKeyArn,
    }),
  ],
  'must be { bucket, key } of an object in S3, or { secretArn }; with kmsKeyArn if the key is your own',
);

/** What the VPC and the image do not know of one git host: at least one of these. */
export const sourceNetwork = z
  .strictObject({
    /** Where the host's name leads, if the VPC cannot resolve it; certificates and host keys are still checked against the name. */
    address: z.union([z.ipv4(), z.ipv6()], 'must be an IP address such as 192.168.10.7').optional(),
    /** PEM certificates to trust instead of the system's. */
    caBundle: z
      .string()
      .regex(/^\s*-----BEGIN CERTIFICATE-----/m, 'must be PEM text: readFileSync(<file>, "utf8")')
      .optional(),
    /** Lines of a known_hosts file, for ssh. */
    knownHosts: z
      .string()
      .regex(/^\S+ (ssh|ecdsa|sk)-\S+ \S+/m, 'must be lines of a known_hosts file: ssh-keyscan git.example.com')
      .optional(),
    /** An S3 object, or a secret (whose interface endpoint is then paid for): `{"username","password"}`, `{"token"}` or `{"privateKey"}`. */
    credentials: sourceCredentials.optional(),
  })
  .refine((network) => Object.keys(network).length > 0, 'must have address, caBundle, knownHosts or credentials');

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
        resources: listOf(
          z.string().regex(/^(\*|arn:.+)$/, 'must be an ARN, or * where the action knows no resource'),
          1,
        ),
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
