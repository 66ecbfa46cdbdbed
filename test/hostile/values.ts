/** What a sender with bad intentions, or a broken client, may put where something else belongs. */
import fc from 'fast-check';

/** Stands for a credential in a request: it must never be in a log. */
export const SECRET = 'hunter2-the-secret';

const deep = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown;

/** Any UTF-16, halves of surrogate pairs and noncharacters included. */
const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0, 0x23, 0xd800, 0xdfff, 0xfffe, 0xffff)), {
    maxLength: 40,
  })
  .map((units) => String.fromCharCode(...units));

const knownText = fc.constantFrom(
  '',
  '__proto__',
  'constructor',
  'NaN',
  'Infinity',
  '1e999',
  'app#lease',
  'task#mirror:app',
  'e\u0301cole',
  '\u00e9cole',
  '\u202egit.test',
  'x'.repeat(3_000),
  '../../lease',
  "'; DROP TABLE",
  '\u0000\u0007\u001b[2J',
  'jndi:ldap://git.test',
  'push:replay-99999999999999999999999',
);

export const text = fc.oneof(anyText, knownText);

export const sourceUrl = fc.oneof(
  text,
  fc.constantFrom(
    `https://user:${SECRET}@git.test/app`,
    `https://${SECRET}@git.test/app`,
    `${SECRET}:x@git.test:app`,
    `git:${SECRET}@git.test:app`,
    `https://git.test/app?token=${SECRET}`,
    `https://git.test/app#${SECRET}`,
    `ssh://git:${SECRET}@git.test/app`,
    'https://git.test\\@evil.test/app',
    'https://git.test@evil.test/app',
    'file:///etc/passwd',
    '--upload-pack=touch /tmp/x',
    'https://git.test/\ud800',
    'https://git.test/\uffff',
    'https://GIT.TEST/app',
    `https://git.test/${'a'.repeat(2_100)}`,
  ),
  anyText.map((path) => `https://git.test/${path}`),
);

export const value: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom<unknown>(null, true, -0, -1, 0.5, 1e308, 2 ** 53 + 2, Number.MIN_VALUE, [], {}, deep(2_000)),
  fc.constant({ toString: 1, valueOf: null }),
  text.map((polluted) => JSON.parse(`{"__proto__":{"repository":${JSON.stringify(polluted)}},"constructor":1}`)),
);

/** An object of these fields, each of them right, wrong, or missing, with further ones. */
export function bent(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> {
  const each = Object.fromEntries(
    Object.entries(fields).map(([name, right]) => [
      name,
      fc.oneof(
        { weight: 6, arbitrary: right },
        { weight: 1, arbitrary: value },
        { weight: 1, arbitrary: fc.constant(undefined) },
      ),
    ]),
  );
  const more = fc.oneof(fc.constant({}), fc.dictionary(text, value, { maxKeys: 2 }));
  return fc.tuple(fc.record(each), more).map(([known, unknown]) => ({ ...unknown, ...known }));
}

/** The detail of a request, mostly nearly right. */
export const requestDetail = fc.oneof(
  {
    weight: 4,
    arbitrary: bent({
      version: fc.constant(1),
      requestId: fc.oneof(fc.uuid(), text),
      repository: fc.oneof(fc.constantFrom('app', 'web', 'docs'), text),
      sourceUrl: fc.oneof(fc.constant('https://git.test/app'), sourceUrl),
      maxDelaySeconds: fc.oneof(fc.integer({ min: 0, max: 86_400 }), fc.constantFrom(-1, 0.1, 1e21, 86_401)),
    }),
  },
  { weight: 1, arbitrary: bent({ version: fc.constant(1), name: fc.oneof(fc.constant('git-version'), text) }) },
);

/** Text that is almost a JSON object: duplicated keys, what follows the end, numbers that JSON does not have. */
export const nearlyJson = fc.oneof(
  requestDetail.map((detail) => JSON.stringify(detail)),
  value.map((any) => JSON.stringify(any)),
  text,
  fc.constantFrom(
    '{"repository":"app","repository":"web","sourceUrl":"https://git.test/app"}',
    '{"repository":"app","sourceUrl":"https://git.test/app","maxDelaySeconds":NaN}',
    '{"repository":"app","sourceUrl":"https://git.test/app"}{}',
    '\ufeff{}',
    `${'['.repeat(8_000)}${']'.repeat(8_000)}`,
    `{"a":${'{"a":'.repeat(2_500)}1${'}'.repeat(2_501)}`,
  ),
);
