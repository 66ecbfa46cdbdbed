/** Whether credentials of sources are there, and no policy of the bucket or the key would keep them from the tasks. Their contents are never read. */
import type { DeploymentNeeds } from '@hourglass/shared/deployment-needs';
import { fault, type Wrong } from './found.ts';
import { admits, denies, readPolicy } from './policy.ts';

/** What was seen of one place. `policy` is the bucket's or the secret's own, `keyPolicy` that of the key. */
export interface ObservedCredential {
  readonly place: DeploymentNeeds['credentials'][number];
  readonly isThere: boolean | undefined;
  readonly policy?: string | undefined;
  readonly key?: ObservedKey | undefined;
}

/** `state` as KMS names it; undefined if the key is not there. */
export interface ObservedKey {
  readonly arn: string;
  readonly state: string | undefined;
  readonly policy?: string | undefined;
}

/**
 * @param readers ARNs of who reads: the task role, once there is one, and the account as a whole
 */
export function* checkCredentials(
  observed: readonly ObservedCredential[],
  readers: readonly string[],
): Generator<Wrong> {
  for (const { place, isThere, policy: text, key } of observed) {
    const { bucket, key: name, secretArn } = place;
    const subject = secretArn ?? `s3://${bucket}/${name}`;
    const action = secretArn === undefined ? 's3:GetObject' : 'secretsmanager:GetSecretValue';
    if (isThere === false) {
      const mend = secretArn === undefined ? 'put the object there' : 'make the secret, and name its new ARN';
      yield fault('credentials', subject, 'it is not there', mend);
    }
    const policy = readPolicy(text);
    if (policy !== undefined && denies(policy, action, secretArn ?? `arn:aws:s3:::${bucket}/${name}`, readers)) {
      const of = secretArn === undefined ? `bucket ${bucket}` : 'secret';
      yield fault(
        'credentials',
        subject,
        `the policy of the ${of} denies ${action} to the tasks`,
        'except the task role from it',
      );
    }
    if (key !== undefined) yield* checkKey('credentials', subject, key, 'kms:Decrypt', readers);
  }
}

/** A key that whoever is in `readers` must be able to use. */
export function* checkKey(
  check: 'credentials' | 'codecommit-keys' | 'webhook-secrets',
  subject: string,
  { arn, state, policy: text }: ObservedKey,
  action: string,
  readers: readonly string[],
): Generator<Wrong> {
  if (state !== 'Enabled') {
    const is = state === undefined ? 'is not there' : `is ${state}`;
    yield fault(check, subject, `its key ${arn} ${is}`, 'enable the key, cancel its deletion, or encrypt with another');
    return;
  }
  const policy = readPolicy(text);
  if (policy === undefined) return;
  if (denies(policy, action, '*', readers)) {
    yield fault(check, subject, `the policy of its key ${arn} denies ${action}`, 'except the role from it');
  } else if (!admits(policy, action, readers)) {
    yield fault(
      check,
      subject,
      `the policy of its key ${arn} allows ${action} neither to the role nor to the account`,
      'allow it to the account (then the role’s own policy counts), or to the role',
    );
  }
}
