/** Why there are no AWS credentials: the SDK's real chain over real files, processes and a server in the place of AWS's. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { awsCredentials } from './credentials.ts';

let home: string;
let server: Server;
/** What AWS's servers say, by the beginning of the path: SSO's is /federation, STS's /. */
let answers: Record<string, { status: number; type?: string; error?: string; body: string }>;
beforeAll(async () => {
  server = createServer((request, response) => {
    const path = Object.keys(answers).find((one) => request.url?.startsWith(one)) ?? '';
    const { status, type = 'application/json', error, body } = answers[path] ?? { status: 500, body: '' };
    response.writeHead(status, { 'content-type': type, ...(error && { 'x-amzn-errortype': error }) }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());
beforeEach(async () => {
  answers = {};
  // A new one for each test: the SDK keeps what it has read of a file.
  home = await mkdtemp(join(tmpdir(), 'hourglass-home-'));
  await mkdir(join(home, '.aws/sso/cache'), { recursive: true });
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('HOME', home);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

const write = (file: string, text: string) => writeFile(join(home, '.aws', file), text);

/** The sentence, of which every test asks that it says what is missing and has no secret in it. */
async function sentence(profile?: string): Promise<string> {
  const provider = awsCredentials(process.env, { region: 'eu-west-1', profile });
  const error = await provider().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'MirrorRefused', kind: 'access' });
  const { message } = error as Error;
  expect(message).not.toMatch(/a-SECRET|\n/);
  return message;
}

const SSO = `[profile p]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 111122223333
sso_role_name = Dev
`;
const ROLE = `[profile p]
role_arn = arn:aws:iam::111122223333:role/x
source_profile = base
`;
const BASE = '[profile base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = a-SECRET\n';
const process_ = (command: string) => `[profile p]\ncredential_process = ${command}\n`;
const keys = (more: object) =>
  process_(`echo '${JSON.stringify({ AccessKeyId: 'AKIDX', SecretAccessKey: 'a-SECRET', ...more })}'`);

it.each<[string, string, RegExp]>([
  ['no such profile', '[default]\n[profile dev]\n', /"p" .*\(it is not in ~\/\.aws\/config, which has default, dev\)/],
  ['a profile without anything', '[profile p]\nregion = eu-west-1\n', /has nothing to sign in by\): give it keys/],
  ['a file that is none', 'this is no configuration\n[[[\n=x\n', /is not in ~\/\.aws\/config/],
  ['a process that fails', process_('sh -c "echo a-SECRET >&2; exit 3"'), /credential_process has failed\): run that/],
  ['a process that is not there', process_('/nowhere/tool --key=a-SECRET'), /credential_process has failed/],
  ['a process that prints rubbish', process_('echo a-SECRET'), /credential_process returned invalid JSON/],
  ['keys that have expired', keys({ Version: 1, Expiration: '2020-01-01T00:00:00Z' }), /returned expired credentials/],
  ['keys of another version', keys({ Version: 2 }), /did not return Version 1/],
  ['a role on a profile that is not there', ROLE, /the profile "base", on which it builds, is not in .*has p\)/],
  ['roles in a circle', `${ROLE}[profile base]\nrole_arn = x\nsource_profile = p\n`, /leads back to itself/],
  [
    'a second factor',
    `${ROLE}mfa_serial = arn:aws:iam::1:mfa/a\n${BASE}`,
    /second factor.*aws configure export-credentials/,
  ],
  ['SSO without sign-in', SSO, /sign-in has expired, or there was none\): run "aws sso login --profile p"/],
  ['SSO without its role', SSO.replace(/sso_role.*\n/, ''), /settings for SSO are not whole/],
  [
    'SSO by a session that is not there',
    '[profile p]\nsso_session = gone\nsso_account_id = 1\nsso_role_name = x\n',
    /not whole/,
  ],
  [
    'a login session without a login',
    '[profile p]\nlogin_session = arn:aws:iam::1:user/x\n',
    /run "aws login --profile p"/,
  ],
])('%s is answered in one sentence with what to do', async (_, config, expected) => {
  await write('config', config);
  expect(await sentence('p')).toMatch(expected);
});

it.each([
  [401, 'UnauthorizedException', /sign-in has expired.*aws sso login --profile p/],
  [403, 'ForbiddenException', /ForbiddenException: No access.*somebody who may allow it/],
])('what SSO says of a sign-in, with %i, is shown', async (status, error, expected) => {
  await write('config', SSO);
  const signIn = {
    startUrl: 'https://corp.awsapps.com/start',
    accessToken: 'a-SECRET',
    expiresAt: '2999-01-01T00:00:00Z',
  };
  const name = createHash('sha1').update(signIn.startUrl).digest('hex');
  await write(`sso/cache/${name}.json`, JSON.stringify(signIn));
  answers['/federation'] = { status, error, body: '{"message":"No access"}' };
  expect(await sentence('p')).toMatch(expected);
});

it.each([
  ['AccessDenied', /AccessDenied: no.*trust policy/],
  ['InvalidClientTokenId', /InvalidClientTokenId: no.*look at the keys/],
])('a role that is refused with %s is reported', async (code, expected) => {
  await write('config', `${ROLE}${BASE}`);
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;
  answers['/'] = { status: 403, type: 'text/xml', body };
  expect(await sentence('p')).toMatch(expected);
});

it('where nothing is set up at all, it says how to begin', async () => {
  expect(await sentence()).toMatch(
    /neither the environment nor a profile.*codecommit::eu-west-1:\/\/PROFILE@REPOSITORY/,
  );
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDX');
  expect(await sentence()).toMatch(/only one is set\): set both/);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a-SECRET\n');
  expect(await sentence()).toMatch(/blank, a line end/);
  vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', '/nowhere/token');
  vi.stubEnv('AWS_ROLE_ARN', 'arn:aws:iam::1:role/x');
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  expect(await sentence()).toMatch(/file of AWS_WEB_IDENTITY_TOKEN_FILE is not there/);
});

it('what is there is given, and asked for once', async () => {
  await write('config', `${process_(`sh -c 'echo x >> ${join(home, 'calls')}; cat ${join(home, 'keys')}'`)}`);
  await writeFile(join(home, 'keys'), JSON.stringify({ Version: 1, AccessKeyId: 'AKIDX', SecretAccessKey: 'sk' }));
  const provider = awsCredentials(process.env, { region: 'eu-west-1', profile: 'p' });
  expect(await provider()).toMatchObject({ accessKeyId: 'AKIDX', secretAccessKey: 'sk' });
  await rm(join(home, 'keys'));
  expect(await provider()).toMatchObject({ accessKeyId: 'AKIDX' });
});
