/** Random scenes for the comparison with git: a history, refs of odd names on both sides, and how they are mirrored. */
import fc from 'fast-check';

export interface Scene {
  /** Each commit's parents, by number; none for a root. */
  readonly commits: readonly (readonly number[])[];
  /** Refs of the source, one character a byte, and the commit or, with `annotated`, the tag of it that they point to. */
  readonly source: readonly SceneRef[];
  /** What an earlier day, or somebody else, has left at the destination. */
  readonly destination: readonly SceneRef[];
  readonly via: 'relay' | 'relay-no-thin' | 'slices' | 'git';
  readonly protocol: 0 | 1 | 2;
}

export interface SceneRef {
  readonly name: string;
  readonly commit: number;
  readonly annotated: boolean;
  /** Only at the destination: a commit of its own on top. */
  readonly own: boolean;
}

const bytesOf = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

/** What `git check-ref-format` accepts, by its manual. */
export function gitTakes(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the bytes that git forbids
  return !/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/$|\.lock(?:\/|$)|(?:^|\/)\.|\.$|^\//.test(name);
}

/** Any byte that git may take, UTF-8 or not. */
const anyBytes = fc
  .array(fc.integer({ min: 0x21, max: 0xff }), { minLength: 1, maxLength: 12 })
  .map((codes) => String.fromCharCode(...codes));
const words = fc.constantFrom(
  'main',
  'MAIN',
  'Main',
  'a',
  'b',
  'A',
  'v1',
  'release',
  'feature',
  '-x',
  '@',
  'HEAD',
  'refs',
);
/** The same letters for a reader: composed and decomposed, Latin-1 and UTF-8, two kinds of blanks, invisible ones. */
const twins = fc.constantFrom(
  ...['caf\u00e9', 'cafe\u0301', '\u3000', '\u00a0', '\u0085', 'x\u200b', '\ud55c', '\u1112\u1161\u11ab', '\u2603'].map(
    bytesOf,
  ),
  'caf\xe9',
  '\xff\xfe',
  '$(id)',
  '`id`',
  "it's",
  '"q"',
  '{a,b}',
  '#1',
  '%2e',
  'a;b',
  'a&b|c',
);
const long = fc.integer({ min: 100, max: 230 }).map((length) => 'n'.repeat(length));
const part = fc.oneof(
  { weight: 3, arbitrary: words },
  { weight: 3, arbitrary: twins },
  { weight: 2, arbitrary: anyBytes },
  long,
);
const shortName = fc
  .array(part, { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'))
  .filter(gitTakes);
const refName = fc
  .tuple(fc.constantFrom('refs/heads/', 'refs/heads/', 'refs/tags/'), shortName)
  .map((both) => both.join(''));

const sceneRef = (own: fc.Arbitrary<boolean>) =>
  fc.record({ name: refName, commit: fc.nat(), annotated: fc.boolean(), own });

export const scenes: fc.Arbitrary<Scene> = fc
  .record({
    commits: fc.array(fc.array(fc.nat(), { maxLength: 2 }), { minLength: 1, maxLength: 10 }),
    source: fc.array(sceneRef(fc.constant(false)), { minLength: 1, maxLength: 16 }),
    destination: fc.array(sceneRef(fc.boolean()), { maxLength: 8 }),
    /** Of the source's refs, those that the destination has too, at an older commit. */
    kept: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 8 }),
    via: fc.constantFrom('relay', 'relay', 'relay-no-thin', 'slices', 'git'),
    protocol: fc.constantFrom(2, 2, 1, 0),
  })
  .map(({ commits, source, destination, kept, via, protocol }) => {
    const size = commits.length;
    const within = (ref: SceneRef): SceneRef => ({
      ...ref,
      commit: ref.commit % size,
      // A branch is a commit.
      annotated: ref.annotated && ref.name.startsWith('refs/tags/'),
    });
    const own = withoutClashes(source.map(within));
    const older = kept.flatMap(([which, commit]) => {
      const ref = own[which % own.length];
      return ref === undefined ? [] : [{ ...ref, commit: commit % size, annotated: false }];
    });
    return {
      commits: commits.map((parents, n) => [...new Set(n === 0 ? [] : parents.map((parent) => parent % n))]),
      source: own,
      destination: withoutClashes([...older, ...destination.map(within)]),
      via,
      protocol,
    } as const;
  });

/** One repository has no name twice, and none that is another's folder. Between the two sides both may be. */
function withoutClashes(refs: readonly SceneRef[]): SceneRef[] {
  const taken: SceneRef[] = [];
  for (const ref of refs) {
    const clashes = taken.some(
      ({ name }) => name === ref.name || name.startsWith(`${ref.name}/`) || ref.name.startsWith(`${name}/`),
    );
    if (!clashes) taken.push(ref);
  }
  return taken;
}
