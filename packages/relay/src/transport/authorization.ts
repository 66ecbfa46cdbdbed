/** Makes the Authorization header of one request. The AWS credential chain is loaded only if CodeCommit asks for it. */
import { awsCredentials } from '../codecommit/credentials.ts';
import type { AwsCredentials } from '../codecommit/sign.ts';
import { gitCredentials, type SignedCredentials } from '../codecommit/sign.ts';
import { MirrorRefused } from '../errors.ts';
import type { Auth } from '../options.ts';
import { fillCredentials, judgeCredentials, type Login } from './credential-helper.ts';
import { readNetrc } from './netrc.ts';

export interface Authorization {
  /** The header's value now. @throws MirrorRefused if there are no AWS credentials */
  header(): Promise<string | undefined>;
  /** User and password now, for the git command; undefined for none or a token. */
  login(): Promise<SignedCredentials | undefined>;
  readonly token: string | undefined;
  /** Where they come from that nobody has given on this call; undefined for those that were given, and for none. */
  readonly origin: () => 'aws' | 'netrc' | 'helper' | undefined;
  /** Whether nothing was given, and nothing found. */
  isEmpty(): boolean;
  /** After a 401: asks git's credential helpers, where nothing was given. @returns whether another try is worth it */
  learn(): Promise<boolean>;
  /** The server has accepted what was sent. */
  confirm(): Promise<void>;
  /** What must never be shown, as far as it is known by now. */
  secrets(): string[];
}

export function createAuthorization(
  url: string,
  auth: Auth | undefined,
  nowMs: () => number,
  environment: Environment,
  profile?: string,
): Authorization {
  const given = auth;
  const secrets = new Set<string>();
  const isOpen = auth === undefined || ('username' in auth && auth.password === '');
  if (isOpen) {
    // Before a server asks, as curl does it.
    const user = auth !== undefined && 'username' in auth ? auth.username : undefined;
    auth = readNetrc(new URL(url).hostname, user, environment) ?? auth;
  }
  const isKept = isOpen && auth !== undefined && 'username' in auth && auth.password !== '';
  let origin: ReturnType<Authorization['origin']> = isKept ? 'netrc' : undefined;
  if (auth !== undefined && 'codeCommit' in auth) origin = 'aws';
  /** What the helpers have said, until it is judged. */
  let learned: Login | undefined;
  let mayLearn = isOpen;
  let chain: (() => Promise<AwsCredentials>) | undefined;
  async function login(): Promise<SignedCredentials | undefined> {
    if (auth === undefined || 'token' in auth || 'privateKey' in auth) return undefined;
    if ('username' in auth) {
      secrets.add(basicOf(auth));
      return { username: auth.username, password: auth.password };
    }
    chain ??= auth.codeCommit.credentials ?? awsCredentials(environment, { region: auth.codeCommit.region, profile });
    const credentials = await chain().catch((error: unknown) => {
      if (error instanceof MirrorRefused) throw error;
      throw new MirrorRefused(`no AWS credentials for CodeCommit: ${(error as Error).message}`, 'access');
    });
    secrets.add(credentials.secretAccessKey);
    if (credentials.sessionToken) secrets.add(credentials.sessionToken);
    const signed = gitCredentials(url, auth.codeCommit.region, credentials, nowMs());
    secrets.add(signed.password).add(basicOf(signed));
    return signed;
  }
  const token = auth !== undefined && 'token' in auth ? auth.token : undefined;
  if (token) secrets.add(token);
  if (auth !== undefined && 'username' in auth) secrets.add(auth.password || auth.username);
  return {
    login,
    token,
    origin: () => origin,
    isEmpty: () => auth === undefined,
    async learn() {
      if (learned !== undefined) await judgeCredentials('reject', url, learned, environment);
      learned = undefined;
      if (!mayLearn) return false;
      mayLearn = false;
      const user = given !== undefined && 'username' in given ? given.username : undefined;
      learned = await fillCredentials(url, user, environment);
      if (learned === undefined) return false;
      auth = learned;
      origin = 'helper';
      secrets.add(learned.password);
      return true;
    },
    async confirm() {
      const login = learned;
      learned = undefined;
      if (login !== undefined) await judgeCredentials('approve', url, login, environment);
    },
    secrets: () => [...secrets].filter((secret) => secret.length >= 4),
    async header() {
      if (token) return `Bearer ${token}`;
      const found = await login();
      if (found === undefined) return undefined;
      return `Basic ${basicOf(found)}`;
    },
  };
}

function basicOf({ username, password }: Login): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

type Environment = Readonly<Record<string, string | undefined>>;
