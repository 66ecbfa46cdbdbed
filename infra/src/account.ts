/** The account and Region that the CDK CLI will deploy to, so that the preflight asks the same ones. */
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { loadSharedConfigFiles } from '@smithy/shared-ini-file-loader';

/** The part of the configuration of an SDK client that says whom it asks. */
export interface Account {
  /** Unknown if nothing names one; the CLI would take us-east-1. */
  readonly region: string | undefined;
  readonly credentials: ReturnType<typeof defaultProvider>;
}

/**
 * In the CLI's own order. Region: `--region`, the environment, the profile, the profile `default`. Credentials: `--profile`, the
 * environment's keys, the environment's profile, and what the SDK finds else (SSO, a role of the machine).
 * @param options as they go to the CLI
 */
export async function findAccount(options: readonly string[], env: NodeJS.ProcessEnv): Promise<Account> {
  const given = parseArgs({
    args: [...options],
    options: { profile: { type: 'string' }, region: { type: 'string' } },
    strict: false,
  }).values;
  const profile = asText(given.profile);
  const environments = env.AWS_PROFILE || env.AWS_DEFAULT_PROFILE || undefined;
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  const keys =
    accessKeyId && secretAccessKey
      ? { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
      : undefined;
  const name = profile ?? environments;
  const provide = defaultProvider({ ...(name !== undefined && { profile: name }), mfaCodeProvider: askForCode });
  return {
    region:
      asText(given.region) ||
      env.AWS_REGION ||
      env.AMAZON_REGION ||
      env.AWS_DEFAULT_REGION ||
      env.AMAZON_DEFAULT_REGION ||
      (await readRegion(profile ?? environments ?? 'default')),
    credentials: profile === undefined && keys !== undefined ? async () => keys : provide,
  };
}

/** The last one, as of an option that is given twice. */
const asText = (value: unknown) => (typeof value === 'string' ? value : undefined);

async function readRegion(profile: string): Promise<string | undefined> {
  const { credentialsFile, configFile } = await loadSharedConfigFiles();
  const places = [credentialsFile[profile], configFile[profile], credentialsFile.default, configFile.default];
  return places.find((place) => place?.region)?.region;
}

async function askForCode(device: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(`MFA token for ${device} (the CDK CLI will ask for the next one): `);
  } finally {
    terminal.close();
  }
}
