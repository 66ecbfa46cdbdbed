/** The on-premises git servers in the configuration: their names, how tasks reach them, and where their credentials rest. */
import { z } from 'zod';
import { cidr, count, listOf, textOrToken } from './config-fields.ts';

/** A task definition may have 64 KiB: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const maxNetworksBytes = 48_000;

/** A key of the user's own; none for what AWS encrypts with its keys anyway, which a reader needs no further permission for. */
export const kmsKeyArn = textOrToken(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
  'must be the ARN of a key, not of an alias',
);

/** Where the credentials of a git host rest; a task reads them just before it mirrors. */
const sourceCredentials = z.union(
  [
    z.strictObject({
      bucket: textOrToken(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'),
      key: z
        .string()
        // What S3 calls safe: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
        .regex(/^[\w!.'()-][\w!.'()/-]{0,255}$/, "must be the key of an object: letters, digits and !-_.'()/ only"),
      kmsKeyArn: kmsKeyArn.optional(),
    }),
    z.strictObject({
      secretArn: textOrToken(
        /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,200}-\w{6}$/,
        'must be the whole ARN of a secret, with the six characters at its end',
      ),
      kmsKeyArn: kmsKeyArn.optional(),
    }),
  ],
  'must be { bucket, key } of an object in S3, or { secretArn }; with kmsKeyArn if the key is your own',
);

/** What the VPC and the image do not know of one git host: at least one of these. */
const sourceNetwork = z
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

/** The on-premises git servers. */
export const sources = z.strictObject({
  hosts: listOf(
    z
      .string()
      .regex(
        /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?$/,
        'must be a host name such as git.example.com, or host:port',
      ),
    1,
  ),
  cidrs: listOf(cidr, 1),
  ports: z.array(count(1, 65_535)).min(1, 'must name at least one port').default([443]),
  /** How a task reaches those of the hosts that its VPC knows nothing of, by host as `hosts` has it (with its port, if it has one). */
  networks: z
    .record(z.string(), sourceNetwork)
    .default({})
    .refine(
      (networks) => Buffer.byteLength(JSON.stringify(networks)) <= maxNetworksBytes,
      `must take at most ${maxNetworksBytes} bytes together (a task definition is limited to 64 KiB)`,
    ),
});

/** The on-premises git servers, checked. */
export type Sources = z.output<typeof sources>;
