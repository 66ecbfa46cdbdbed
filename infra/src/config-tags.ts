/** Tags as every service takes them that is given them: the narrowest of their limits. */
import { Token } from 'aws-cdk-lib';
import { z } from 'zod';

/** AWS allows 50 on a resource; the rest is for those that name the lease, its opening and the request. */
const maxTags = 46;
/** Tags are written with these everywhere: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** What is wrong with these tags, each fault with the key that it is about. */
export function findTagFaults(tags: Readonly<Record<string, string>>): { key?: string; message: string }[] {
  const keys = Object.keys(tags);
  const faults = keys.flatMap((key) => {
    const given = tags[key] ?? '';
    const value = Token.isUnresolved(given) ? 'known at deployment' : given;
    const twin = keys.find((other) => other !== key && other.toLowerCase() === key.toLowerCase());
    const message =
      (/^aws:/i.test(key) && 'must not begin with aws:, which is kept for AWS') ||
      (/^hourglass:/i.test(key) && "must not begin with hourglass:, which is kept for this deployment's own tags") ||
      (!(key.length >= 1 && key.length <= 128) && 'must have a name of 1 to 128 characters') ||
      (!allowed.test(key) && 'must have a name of letters, digits, spaces and _ . : / = + - @ only') ||
      (twin !== undefined && `must differ from ${twin} by more than its case, which IAM does not tell apart`) ||
      // EventBridge Scheduler takes no empty one.
      (!(value.length >= 1 && value.length <= 256) && 'must have a value of 1 to 256 characters') ||
      (!allowed.test(value) && 'must have a value of letters, digits, spaces and _ . : / = + - @ only');
    return message ? [{ key, message }] : [];
  });
  if (keys.length <= maxTags) return faults;
  return [
    { message: `must be at most ${maxTags} (AWS allows 50 on a resource, with those of this deployment itself)` },
    ...faults,
  ];
}

export const tags = z.record(z.string(), z.string()).superRefine((given, context) => {
  for (const { key, message } of findTagFaults(given)) {
    context.addIssue({ code: 'custom', path: key === undefined ? [] : [key], message });
  }
});
