/** Why there are no AWS credentials, in one sentence with what to do. What processes, files and servers print may be a secret: little of it is shown. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../protocol/pkt-line.ts';
import { createRedact, quoted } from '../redact.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Asked {
  readonly region: string;
  /** The one that was asked for, if any was. */
  readonly profile: string | undefined;
  readonly environment: Environment;
}

const SIGN_IN =
  'sign in, set AWS_PROFILE or AWS_ACCESS_KEY_ID, or name a profile as in codecommit::REGION://PROFILE@REPOSITORY';

/**
 * @param error what the SDK's chain ended with
 * @param said what its sources have told the logger
 */
export function explainCredentials(error: Error, said: readonly string[], asked: Asked): string {
  const of = asked.profile === undefined ? '' : ` of the profile ${quoted(asked.profile)}`;
  const { why, help } = reasonOf(error, said, asked);
  return `there are no AWS credentials${of} for CodeCommit in ${asked.region} (${why}): ${help.replace('REGION', asked.region)}`;
}

/** The SDK's word for an answer of a server, where it has put it into a message. */
const NAMED = /^\w+Exception: /;

interface Reason {
  readonly why: string;
  readonly help: string;
}

function reasonOf(error: Error, said: readonly string[], asked: Asked): Reason {
  const all = [...said, error.message].join('\n');
  const profile = asked.profile ?? 'default';
  const name = quoted(profile);
  const login = `run "aws sso login --profile ${profile}", and try again`;
  const { code } = error as { code?: unknown };
  if (/requires multi-factor authentication/.test(all)) {
    const exported = `aws configure export-credentials --profile ${profile} --format env`;
    return {
      why: 'it wants a code of a second factor, for which nobody is asked here',
      help: `run eval "$(${exported})", and try again`,
    };
  }
  const [, process] = /credential_process (did not return Version 1|returned (?:invalid|expired) \w+)/.exec(all) ?? [];
  if (process !== undefined)
    return { why: `its credential_process ${process}`, help: 'run that command by hand to see what it prints' };
  // With its words come the command and what it printed.
  if (/-> Command failed:/.test(all))
    return { why: 'its credential_process has failed', help: 'run that command by hand to see why' };
  if (/Detected a cycle/.test(all)) {
    return {
      why: 'its source_profile leads back to itself',
      help: `mend source_profile in ${configFile(asked.environment)}`,
    };
  }
  if (
    /SSO session|SSO token|Token is expired|UnauthorizedException|InvalidGrantException/i.test(`${error.name} ${all}`)
  ) {
    return { why: 'its sign-in has expired, or there was none', help: login };
  }
  if (/invalid SSO credentials/.test(all) || error instanceof TypeError) {
    const needs = 'sso_account_id and sso_role_name, and its sso-session sso_region and sso_start_url';
    return {
      why: 'its settings for SSO are not whole',
      help: `it needs ${needs}; run "aws configure sso --profile ${profile}"`,
    };
  }
  if (/^Failed to load (a )?token/.test(error.message)) {
    return {
      why: 'its sign-in has expired, or there was none',
      help: `run "aws login --profile ${profile}", and try again`,
    };
  }
  if (code === 'ENOENT' && asked.environment.AWS_WEB_IDENTITY_TOKEN_FILE) {
    return {
      why: 'the file of AWS_WEB_IDENTITY_TOKEN_FILE is not there',
      help: 'it is mounted by the platform that runs this: look there',
    };
  }
  if ('$metadata' in error || NAMED.test(error.message)) return refusedBy(error);
  const lacking = findProfile(all, profile, asked);
  if (lacking !== undefined) return lacking;
  if (
    /^ERR_|^E[A-Z]+$/.test(String(code)) ||
    !/^(Credentials|Token)?ProviderError$|^CredentialsProviderError$/.test(error.name)
  ) {
    return {
      why: clean(error.message || String(code)),
      help: `look at the settings of the profile ${name} and the network`,
    };
  }
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_CONTAINER_CREDENTIALS_FULL_URI } = asked.environment;
  if (asked.profile === undefined && Boolean(AWS_ACCESS_KEY_ID) !== Boolean(AWS_SECRET_ACCESS_KEY)) {
    return { why: 'of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY only one is set', help: 'set both' };
  }
  if (AWS_CONTAINER_CREDENTIALS_FULL_URI) {
    return { why: 'the address of AWS_CONTAINER_CREDENTIALS_FULL_URI gives none', help: 'look at what runs there' };
  }
  const none = /Could not load credentials/.test(error.message);
  return {
    why: none ? 'neither the environment nor a profile nor this machine has any' : clean(error.message),
    help: SIGN_IN,
  };
}

/** A server of AWS's has said no on the way: it is asked to assume a role, or for the credentials of a sign-in. */
function refusedBy({ name, message }: Error): Reason {
  const why = clean(NAMED.test(message) ? message : `${name}: ${message}`);
  if (/AccessDenied|Forbidden/.test(why))
    return { why, help: 'let somebody who may allow it, for a role also in its trust policy' };
  return { why, help: 'sign in anew, or look at the keys that the profile has' };
}

/** Whether a profile is not there, or has nothing to sign in by: the one that was asked for, or one that it builds on. */
function findProfile(all: string, asked: string, { profile, environment }: Asked): Reason | undefined {
  const missing = [...all.matchAll(/Could not resolve credentials using profile: \[(.*?)\]/g)].at(-1)?.[1];
  if (missing === undefined || (profile === undefined && missing === asked)) return undefined;
  const known = profilesOf(environment);
  const config = configFile(environment);
  const shown = missing === asked ? 'it' : `the profile ${quoted(missing)}, on which it builds,`;
  if (known.includes(missing)) {
    const needs = 'keys, a role with its source_profile, sso-session or credential_process';
    return { why: `${shown} has nothing to sign in by`, help: `give it ${needs} in ${config}` };
  }
  const there = known.length === 0 ? 'has no profiles' : `has ${known.slice(0, 10).join(', ')}`;
  return { why: `${shown} is not in ${config}, which ${there}`, help: SIGN_IN };
}

function configFile({ AWS_CONFIG_FILE }: Environment): string {
  return AWS_CONFIG_FILE || '~/.aws/config';
}

/** Their names, of both files. */
function profilesOf(environment: Environment): string[] {
  const { HOME, USERPROFILE, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE } = environment;
  const folder = join(HOME || USERPROFILE || '/', '.aws');
  const files = [AWS_CONFIG_FILE || join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE || join(folder, 'credentials')];
  const names = files.flatMap((file) => {
    try {
      return [
        ...readFileSync(file, 'utf8').matchAll(
          /^\s*\[\s*(?!sso-session|services)(?:profile\s+)?["']?([^\]"']+?)["']?\s*\]/gm,
        ),
      ];
    } catch {
      return [];
    }
  });
  return [...new Set(names.map(([, name = '']) => printable(name)))];
}

function clean(text: string): string {
  return printable(createRedact([])(text)).slice(0, 300);
}
