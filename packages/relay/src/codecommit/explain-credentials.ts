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
 * @param said what its sources have logged
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

const because = (why: string, help: string): Reason => ({ why, help });
const NO_SIGN_IN = 'its sign-in has expired, or there was none';

function reasonOf(error: Error, said: readonly string[], asked: Asked): Reason {
  const all = [...said, error.message].join('\n');
  return (
    ofProcess(all) ??
    ofSignIn(error, all, asked) ??
    ofRole(error, all, asked) ??
    findProfile(all, asked) ??
    ofEnvironment(error, asked)
  );
}

/** With a process's words come its command and what it printed: neither is shown. */
function ofProcess(all: string): Reason | undefined {
  const [, fault] = /credential_process (did not return Version 1|returned (?:invalid|expired) \w+)/.exec(all) ?? [];
  if (fault !== undefined)
    return because(`its credential_process ${fault}`, 'run that command by hand to see what it prints');
  if (!/-> Command failed:/.test(all)) return undefined;
  return because('its credential_process has failed', 'run that command by hand to see why');
}

function ofSignIn(error: Error, all: string, { profile = 'default' }: Asked): Reason | undefined {
  const signedOut = /SSO session|SSO token|Token is expired|UnauthorizedException|InvalidGrantException/i;
  if (signedOut.test(`${error.name} ${all}`))
    return because(NO_SIGN_IN, `run "aws sso login --profile ${profile}", and try again`);
  // The SDK falls over a session that is not there.
  if (/invalid SSO credentials/.test(all) || error instanceof TypeError) {
    const needs = 'sso_account_id and sso_role_name, and its sso-session sso_region and sso_start_url';
    return because(
      'its settings for SSO are not whole',
      `it needs ${needs}; run "aws configure sso --profile ${profile}"`,
    );
  }
  if (!/^Failed to load (a )?token/.test(error.message)) return undefined;
  return because(NO_SIGN_IN, `run "aws login --profile ${profile}", and try again`);
}

function ofRole(error: Error, all: string, { profile = 'default', environment }: Asked): Reason | undefined {
  if (/requires multi-factor authentication/.test(all)) {
    const exported = `aws configure export-credentials --profile ${profile} --format env`;
    return because(
      'it wants a code of a second factor, for which nobody is asked here',
      `run eval "$(${exported})", and try again`,
    );
  }
  if (/Detected a cycle/.test(all)) {
    return because('its source_profile leads back to itself', `mend source_profile in ${configFile(environment)}`);
  }
  if ((error as { code?: unknown }).code === 'ENOENT' && environment.AWS_WEB_IDENTITY_TOKEN_FILE) {
    const help = 'it is mounted by the platform that runs this: look there';
    return because('the file of AWS_WEB_IDENTITY_TOKEN_FILE is not there', help);
  }
  return '$metadata' in error || NAMED.test(error.message) ? refusedBy(error) : undefined;
}

function ofEnvironment(error: Error, { profile, environment }: Asked): Reason {
  const { code } = error as { code?: unknown };
  if (code !== undefined || !/ProviderError$/.test(error.name)) {
    const help = `look at the settings of the profile ${quoted(profile ?? 'default')} and the network`;
    return because(clean(error.message || String(code)), help);
  }
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_CONTAINER_CREDENTIALS_FULL_URI } = environment;
  if (profile === undefined && Boolean(AWS_ACCESS_KEY_ID) !== Boolean(AWS_SECRET_ACCESS_KEY)) {
    return because('of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY only one is set', 'set both');
  }
  if (AWS_CONTAINER_CREDENTIALS_FULL_URI) {
    return because('the address of AWS_CONTAINER_CREDENTIALS_FULL_URI gives none', 'look at what runs there');
  }
  const none = /Could not load credentials/.test(error.message);
  return because(
    none ? 'neither the environment nor a profile nor this machine has any' : clean(error.message),
    SIGN_IN,
  );
}

/** A server of AWS's has said no on the way: it is asked to assume a role, or for the credentials of a sign-in. */
function refusedBy({ name, message }: Error): Reason {
  const why = clean(NAMED.test(message) ? message : `${name}: ${message}`);
  if (/AccessDenied|Forbidden/.test(why))
    return { why, help: 'let somebody who may allow it, for a role also in its trust policy' };
  return { why, help: 'sign in anew, or look at the keys that the profile has' };
}

/** Whether a profile is not there, or has nothing to sign in by: the one that was asked for, or one that it builds on. */
function findProfile(all: string, { profile, environment }: Asked): Reason | undefined {
  const missing = [...all.matchAll(/Could not resolve credentials using profile: \[(.*?)\]/g)].at(-1)?.[1];
  if (missing === undefined || (profile === undefined && missing === 'default')) return undefined;
  const known = profilesOf(environment);
  const config = configFile(environment);
  const shown = missing === profile ? 'it' : `the profile ${quoted(missing)}, on which it builds,`;
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
