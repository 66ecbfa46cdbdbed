/** What zod found wrong, in words for people. */
import { Token } from 'aws-cdk-lib';
import { closestMatch } from 'leven';
import { z } from 'zod';

/** For the schema: the keys that would be right in an unknown one's place. All other messages stand beside what they are about. */
export function nameKnownKeys({ code, inst }: z.core.$ZodRawIssue): string | undefined {
  if (code !== 'unrecognized_keys' || !(inst instanceof z.ZodObject)) return undefined;
  return Object.keys(inst.shape).join(', ');
}

/** How the author of an app knows the keys of the configuration. */
export interface PropNames {
  /** Keys that were given by a prop of another name. */
  readonly byKey: Readonly<Record<string, string>>;
  /** Props that no configuration has. */
  readonly further: readonly string[];
}

/** What stands in the place of a value that is missing, by its key, or by the key of what it is in. */
const examples: Record<string, string> = {
  sources: "{ hosts: ['git.example.com'], cidrs: ['192.168.0.0/16'] }",
  prefixLists: "{ s3: 'pl-61a54008', dynamodb: 'pl-78a54011' }",
  image: '{ build: true }',
  repositories: "{ app: { source: 'https://git.example.com/app.git' } }",
  'repositories.*': "{ source: 'https://git.example.com/app.git' }",
  'repositories[]':
    "'app'; what is known of each is said by a map: { app: { source: 'https://git.example.com/app.git' } }",
  hosts: "['git.example.com']",
  cidrs: "['192.168.0.0/16']",
  ports: '[443]',
  answers: "{ notify: { email: 'team@example.com' } }",
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
export function describeIssue(issue: z.core.$ZodIssue, input: unknown, props?: PropNames): string[] {
  const key = issue.path
    .map((part, i) =>
      typeof part === 'number' ? `[${part}]` : i > 0 ? `.${String(part)}` : nameOf(String(part), props),
    )
    .join('');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (unknown) =>
        `${key === '' ? unknown : `${key}.${unknown}`}: unknown key; ${suggest(unknown, key === '' ? withProps(issue.message, props) : issue.message)}`,
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
        describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, input, props),
      );
    }
  }
  if (issue.code === 'invalid_union' && valueAt(issue.path, input) === undefined) {
    return [`${key}: is missing (${issue.message})`];
  }
  if (issue.code === 'invalid_type' && !issue.message.startsWith('must')) {
    const found = valueAt(issue.path, input);
    const fault = found === undefined ? 'is missing' : `is ${JSON.stringify(found)}`;
    const example = exampleOf(issue.path);
    const right = example === undefined ? `must be of type ${issue.expected}` : `such as ${example}`;
    return [`${key === '' ? 'configuration' : key}: ${fault} (${right})`];
  }
  return [`${key === '' ? 'configuration' : key}: ${issue.message}${repeat(issue.path, input)}`];
}

const nameOf = (key: string, props: PropNames | undefined) => props?.byKey[key] ?? key;

const withProps = (known: string, props: PropNames | undefined) => [...(props?.further ?? []), known].join(', ');

function exampleOf(path: PropertyKey[]): string | undefined {
  const [parent, last] = [path.at(-2), path.at(-1)];
  return examples[String(last)] ?? examples[`${String(parent)}${typeof last === 'number' ? '[]' : '.*'}`];
}

/** The key that was probably meant, or else all of them. */
function suggest(unknown: string, known: string): string {
  const keys = known.split(', ');
  const byName = new Map(keys.map((key) => [key.toLowerCase(), key]));
  const nearest = closestMatch(unknown.toLowerCase(), [...byName.keys()], {
    maxDistance: Math.max(1, Math.floor(unknown.length / 3)),
  });
  if (nearest !== undefined) return `did you mean ${byName.get(nearest)}?`;
  const part = unknown.toLowerCase().replace(/s$/, '');
  const longer = keys.filter((key) => part.length > 3 && key.toLowerCase().includes(part));
  return longer.length === 0 ? `known here: ${known}` : `did you mean ${longer.join(' or ')}?`;
}

/** Where secrets rest, or what somebody may have put in place of their hash or name. */
const SECRET = new Set(['apiKeySha256', 'secret', 'credentials', 'caBundle', 'knownHosts', 'source']);

/** The value that is wrong, where it is short and cannot be a secret. */
function repeat(path: PropertyKey[], input: unknown): string {
  const value = valueAt(path, input);
  if (!['string', 'number', 'boolean'].includes(typeof value) || path.some((part) => SECRET.has(String(part))))
    return '';
  if (Token.isUnresolved(value)) return '; it is a token, whose value the app does not know yet';
  const shown = JSON.stringify(value);
  // An address with a password in it.
  return shown.length > 100 || /[:/][^/]*@/.test(shown) ? '' : `; it is ${shown}`;
}

function valueAt(path: PropertyKey[], input: unknown): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], input);
}
