/** What zod found wrong, in words for people. */
import { closestMatch } from 'leven';
import { z } from 'zod';

/** For the schema: the keys that would be right in an unknown one's place. All other messages stand beside what they are about. */
export function nameKnownKeys({ code, inst }: z.core.$ZodRawIssue): string | undefined {
  if (code !== 'unrecognized_keys' || !(inst instanceof z.ZodObject)) return undefined;
  return Object.keys(inst.shape).join(', ');
}

/** What stands in the place of an object that is missing. */
const examples: Record<string, string> = {
  sources: "{ hosts: ['git.example.com'], cidrs: ['192.168.0.0/16'] }",
  prefixLists: "{ s3: 'pl-61a54008', dynamodb: 'pl-78a54011' }",
  image: '{ build: true }',
  repositories: "{ app: { source: 'https://git.example.com/app.git' } }",
  answers: "{ tellOnce: { email: 'team@example.com' } }",
  webhooks: "{ 'gitlab-main': { server: 'gitlab', secret: '/hourglass/main/webhooks/gitlab-main' } }",
  commands: "{ 'list-buckets': { command: ['aws', 's3', 'ls'] } }",
  gatewayEndpoints: "{ s3: 'create', dynamodb: 'existing' }",
  networks: "{ 'git.example.com': { address: '192.168.10.7' } }",
  endpointSubnets: "[{ subnet: 'subnet-0123456789abcdef0' }]",
  taskSubnets: "['subnet-0123456789abcdef0']",
  vpcCidrs: "['10.0.0.0/16']",
  vpcId: "'vpc-0123456789abcdef0'",
  deployment: "'main'",
};

/** One line per fault: the key, as it would be written, and what would be right. `input` is what was checked. */
export function describeIssue(issue: z.core.$ZodIssue, input: unknown): string[] {
  const key = issue.path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (unknown) => `${key === '' ? unknown : `${key}.${unknown}`}: unknown key; ${suggest(unknown, issue.message)}`,
    );
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map((inner) => `${key}: ${inner.message}`);
  }
  if (issue.code === 'invalid_union') {
    // One of the forms has the value's own shape, so what is wrong is inside.
    const meant = issue.errors.filter((faults) =>
      faults.every(({ code, path }) => code !== 'invalid_type' || path.length > 0),
    );
    if (meant.length === 1) {
      return (meant[0] ?? []).flatMap((inner) =>
        describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, input),
      );
    }
  }
  if (issue.code === 'invalid_union' && valueAt(issue.path, input) === undefined) {
    return [`${key}: is missing (${issue.message})`];
  }
  if (issue.code === 'invalid_type' && !issue.message.startsWith('must')) {
    const found = valueAt(issue.path, input);
    const fault = found === undefined ? 'is missing' : `is ${JSON.stringify(found)}`;
    const example = examples[String(issue.path.at(-1))];
    const right = example === undefined ? `must be of type ${issue.expected}` : `such as ${example}`;
    return [`${key === '' ? 'configuration' : key}: ${fault} (${right})`];
  }
  return [`${key === '' ? 'configuration' : key}: ${issue.message}${repeat(issue.path, input)}`];
}

/** The key that was probably meant, or else all of them. */
function suggest(unknown: string, known: string): string {
  const keys = known.split(', ');
  const byName = new Map(keys.map((key) => [key.toLowerCase(), key]));
  const nearest = closestMatch(unknown.toLowerCase(), [...byName.keys()], {
    maxDistance: Math.max(1, Math.floor(unknown.length / 3)),
  });
  return nearest === undefined ? `known here: ${known}` : `did you mean ${byName.get(nearest)}?`;
}

/** Where secrets rest, or what somebody may have put in place of their hash or name. */
const SECRET = new Set(['apiKeySha256', 'secret', 'credentials', 'caBundle', 'knownHosts', 'source']);

/** The value that is wrong, where it is short and cannot be a secret. */
function repeat(path: PropertyKey[], input: unknown): string {
  const value = valueAt(path, input);
  if (!['string', 'number', 'boolean'].includes(typeof value) || path.some((part) => SECRET.has(String(part))))
    return '';
  const shown = JSON.stringify(value);
  // An address with a password in it.
  return shown.length > 100 || /[:/][^/]*@/.test(shown) ? '' : `; it is ${shown}`;
}

function valueAt(path: PropertyKey[], input: unknown): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], input);
}
