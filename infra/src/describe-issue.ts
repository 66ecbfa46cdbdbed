/** What zod found wrong, in words for people. */
import { z } from 'zod';

/** For the schema: what would be right in an unknown key's place. All other messages stand beside what they are about. */
export function nameKnownKeys({ code, inst }: z.core.$ZodRawIssue): string | undefined {
  if (code !== 'unrecognized_keys' || !(inst instanceof z.ZodObject)) return undefined;
  return `known here: ${Object.keys(inst.shape).join(', ')}`;
}

/** What stands in the place of an object that is missing. */
const examples: Record<string, string> = {
  sources: "{ hosts: ['git.example.com'], cidrs: ['192.168.0.0/16'] }",
  prefixLists: "{ s3: 'pl-61a54008', dynamodb: 'pl-78a54011' }",
  image: '{ build: true }',
  repositories: "{ app: { source: 'https://git.example.com/app.git' } }",
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
    return issue.keys.map((unknown) => `${key === '' ? unknown : `${key}.${unknown}`}: unknown key; ${issue.message}`);
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
  return [`${key === '' ? 'configuration' : key}: ${issue.message}`];
}

function valueAt(path: PropertyKey[], input: unknown): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], input);
}
