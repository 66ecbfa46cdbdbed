/** What an ssh server of either kind is started with, and what its clients need. */

export interface SshServer {
  readonly port: number;
  readonly user: string;
  /** The login and host of a URL. */
  readonly url: string;
  /** Kind and key, as they stand behind the host in known_hosts. */
  readonly hostKey: string;
  /** Environment for a client that has the user's key and no configuration. */
  readonly clientEnvironment: NodeJS.ProcessEnv;
  /** That key, as text; and an environment for a client that has no key and no configuration. */
  readonly userKey: string;
  readonly strangerEnvironment: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

export interface SshServerOptions {
  /** Lets the client ask for protocol v2, as few servers do unasked. */
  readonly acceptsGitProtocol: boolean;
  /** The program; by default the one that was found before the tests. */
  readonly sshd?: string;
}

/** What a kind of server is started with. */
export interface ServerSettings extends SshServerOptions {
  readonly dir: string;
  /** Files of private keys. */
  readonly hostKeyFile: string;
  /** The public half of the one key that is let in. */
  readonly authorizedKey: string;
}

/** A server that runs. */
export type Serving = Pick<SshServer, 'port' | 'user' | 'close'>;
