/** The repositories in the configuration: a map of what is known of each, or a list of their names. */
import { repositoryName } from '@hourglass/shared/requests';
import { sourceHost } from '@hourglass/shared/source-host';
import { z } from 'zod';
import { listOf } from './config-fields.ts';

/**
 * What the names of one statement may take of a role's policies, each with its ARN: nine managed policies of 6,144 characters.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const maxNamesChars = 49_500;
/** What an ARN has before the name. */
const beforeNameChars = 60;

/** What these names take of that. */
export function charsOfNames(names: readonly string[]): number {
  return names.reduce((sum, name) => sum + name.length + beforeNameChars, 0);
}

const tooMany = (names: readonly string[], context: z.RefinementCtx) => {
  const chars = charsOfNames(names);
  if (chars <= maxNamesChars) return;
  const most = Math.floor((maxNamesChars * names.length) / chars);
  context.addIssue({
    code: 'custom',
    message: `must be fewer: of ${names.length} names a role's policies hold ${most}, each by its ARN; make two deployments of them, or leave \`repositories\` out to allow every one of the account`,
  });
};

const secondsOf = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** A length of time such as `15m`, as seconds. */
const delay = z
  .string('must be a length of time such as 90s, 15m or 2h')
  .regex(/^\d{1,6}[smhd]$/, 'must be a length of time such as 90s, 15m or 2h')
  .transform((text) => Number(text.slice(0, -1)) * secondsOf[text.slice(-1) as keyof typeof secondsOf])
  .refine((seconds) => seconds <= secondsOf.d, 'must be at most 1d');

const source = z.string().superRefine((address, context) => {
  try {
    sourceHost(address);
  } catch (error) {
    const { message } = error as Error;
    context.addIssue({ code: 'custom', message: message.replace(/^sourceUrl /, '').replace(/\.$/, '') });
  }
});

/** What EventBridge Scheduler takes: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
const expression = z
  .string()
  .refine(
    (text) => isRate(text) || isCron(text),
    "must be 'rate(6 hours)' or 'cron(0 3 * * ? *)': minutes, hours, day of month, month, day of week, year, with ? for one of the two days",
  );
const timeZone = z.string().refine(isTimeZone, "must be a time zone such as 'Asia/Tokyo'");
const schedule = z.union(
  [
    expression.transform((text) => ({ expression: text, timeZone: 'UTC' })),
    z.strictObject({ expression, timeZone: timeZone.default('UTC') }),
  ],
  "must be 'rate(6 hours)' or { expression: 'cron(0 3 * * ? *)', timeZone: 'Asia/Tokyo' }",
);

function isRate(text: string): boolean {
  const [, count = '0', unit = '', plural] = /^rate\(([1-9]\d{0,4}) (minute|hour|day)(s?)\)$/.exec(text) ?? [];
  return unit !== '' && (count === '1') === (plural === '');
}

function isCron(text: string): boolean {
  const [, inside = ''] = /^cron\((.*)\)$/.exec(text) ?? [];
  const fields = inside.split(' ');
  const hasOneOpenDay = (fields[2] === '?') !== (fields[4] === '?');
  return fields.length === 6 && hasOneOpenDay && fields.every((field) => /^[\w*?/,#-]+$/.test(field));
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text.includes('/') || text === 'UTC';
  } catch {
    return false;
  }
}

/** As the relay reads them; `^` before one leaves refs out, as in git's refspecs. */
const refPattern = z
  .string()
  .regex(
    /^\^?[^\p{Cc} ~^:?[\\]+$/u,
    "must be a pattern of refs such as 'main', 'release/*' or '^wip/*'; * is the only wildcard",
  );

export const carrier = z.enum(['fargate', 'direct'], 'must be fargate or direct');

const repository = z.strictObject({
  carrier: carrier.optional(),
  schedule: schedule.optional(),
  refs: listOf(refPattern, 1).optional(),
  source: source.optional(),
  destination: repositoryName.optional(),
  maxDelay: delay.optional(),
});

/** A `group/app` of a git server needs a name of its own here: the message says what it would be. */
const name = z.string().superRefine((text, context) => {
  const short = text
    .replace(/^.*:\/+[^/]*/, '')
    .replace(/\.git$/i, '')
    .replace(/^\/+/, '')
    .replaceAll('/', '-');
  const checked = repositoryName.safeParse(text);
  if (checked.success) return;
  const advice = text.includes('/')
    ? `has a slash, which CodeCommit's names have not: write ${/^[\w.-]+$/.test(short) ? short : 'group-app'}: { source: 'https://…' } in repositories`
    : checked.error.issues.map(({ message }) => message).join('; ');
  context.addIssue({ code: 'custom', message: advice });
});

/** By name, or a list of names. */
export const repositories = z.union(
  [
    listOf(name, 1).superRefine(tooMany),
    z
      .record(name, repository)
      .refine((map) => Object.keys(map).length > 0, 'must name at least 1')
      .superRefine((map, context) => tooMany(Object.keys(map), context)),
  ],
  "must be { app: { source: 'https://git.example.com/app.git' } }, or a list of names",
);

/** The host of an address; undefined if it cannot be read. */
export function hostOfSource(address: string): string | undefined {
  try {
    return sourceHost(address);
  } catch {
    return undefined;
  }
}

/** What is written of repositories, in any of its forms. */
export interface RepositoriesWritten {
  readonly repositories?: z.output<typeof repositories> | undefined;
  readonly destinations: Record<string, string>;
  readonly repositoryDelaySeconds: Record<string, number>;
}

/** One form for all who read the configuration. */
export interface Repositories {
  /** Their names; undefined: every one of the account. */
  readonly repositories: string[] | undefined;
  /** CodeCommit's name, where that is another. */
  readonly destinations: Record<string, string>;
  readonly repositoryDelaySeconds: Record<string, number>;
  /** Where each is on premises, as far as that is said. */
  readonly repositorySources: Record<string, string>;
  /** When each is mirrored without being asked for. */
  readonly repositorySchedules: Record<string, { expression: string; timeZone: string }>;
  /** What carries each, where that is said of it. */
  readonly repositoryCarriers: Record<string, 'fargate' | 'direct'>;
  /** Which refs of each are mirrored, where those are not all branches and tags. */
  readonly repositoryRefs: Record<string, string[]>;
}

/** Unfolds the map. */
export function unfoldRepositories({ repositories: written, ...lists }: RepositoriesWritten): Repositories {
  if (written === undefined || Array.isArray(written))
    return {
      repositories: written,
      ...lists,
      repositorySources: {},
      repositorySchedules: {},
      repositoryRefs: {},
      repositoryCarriers: {},
    };
  const pick = <K extends 'source' | 'destination' | 'maxDelay' | 'schedule' | 'refs' | 'carrier'>(key: K) =>
    Object.fromEntries(
      Object.entries(written).flatMap(([name, one]) => (one[key] === undefined ? [] : [[name, one[key]]])),
    ) as Record<string, NonNullable<z.output<typeof repository>[K]>>;
  return {
    repositories: Object.keys(written),
    destinations: { ...lists.destinations, ...pick('destination') },
    repositoryDelaySeconds: { ...lists.repositoryDelaySeconds, ...pick('maxDelay') },
    repositorySources: pick('source'),
    repositorySchedules: pick('schedule'),
    repositoryRefs: pick('refs'),
    repositoryCarriers: pick('carrier'),
  };
}
