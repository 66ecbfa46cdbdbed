/** Who of other accounts may put requests on the bus, in the configuration. */
import { z } from 'zod';

/** A statement for each account; a bus policy takes 10,240 characters: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const maxChars = 6_000;

/** Accounts by their number, users and roles by their ARN. */
export const clients = z
  .array(
    z
      .string()
      .regex(
        /^(\d{12}|arn:aws[a-z-]*:iam::\d{12}:(role|user)\/[\w+=,.@/-]{1,512})$/,
        "must be an account's 12 digits, or the ARN of a role or user in it, without wildcards: arn:aws:iam::444455556666:role/git-server",
      ),
  )
  .refine((all) => new Set(all).size === all.length, 'must name each once')
  .refine(
    (all) => all.join().length <= maxChars,
    `must take at most ${maxChars} characters together (a bus policy is limited)`,
  )
  .superRefine((all, context) => {
    for (const [index, one] of all.entries()) {
      const account = accountOfClient(one);
      if (one === account || !all.includes(account)) continue;
      const message = `is of ${account}, of which everybody may already, since it is named itself: leave one of them out`;
      context.addIssue({ code: 'custom', path: [index], message });
    }
  });

/** The twelve digits. */
export function accountOfClient(client: string): string {
  return client.split(':')[4] ?? client;
}

/** By account: those who may, or undefined where all may whom their own account lets. */
export function clientsByAccount(all: readonly string[]): Map<string, string[] | undefined> {
  const accounts = new Map<string, string[] | undefined>();
  for (const client of all) {
    const account = accountOfClient(client);
    accounts.set(account, client === account ? undefined : [...(accounts.get(account) ?? []), client]);
  }
  return accounts;
}
