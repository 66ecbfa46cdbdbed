/** A person at a terminal: types a command, reads what it shows, presses keys. Everything runs in folders of the person's own, without AWS credentials. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { spawn } from '@lydell/node-pty';

const hourglass = fileURLToPath(new URL('../../packages/cli/bin/hourglass.mjs', import.meta.url));
export const CTRL_C = '\u0003';
/** So long is waited for what must come; a busy machine takes ten times as long as a quiet one. */
const COMES_WITHIN_MS = 120_000;

export interface Shown {
  /** All that was written to the terminal so far, with its control sequences. */
  text(): string;
  /** @throws if it does not come, or the command ends without it */
  until(pattern: RegExp): Promise<void>;
  press(keys: string): void;
  /** The exit status. */
  readonly ended: Promise<number>;
}

export interface Person {
  /** In a terminal of 160 columns. */
  type(words: readonly string[], environment?: Record<string, string>): Shown;
  /** Types it, and waits for its end. */
  run(words: readonly string[], environment?: Record<string, string>): Promise<{ status: number; text: string }>;
  /** In a pipe, as a script does. */
  pipe(words: readonly string[]): Promise<string>;
  /** Ends what still runs. */
  leave(): void;
}

export function createPerson(home: string): Person {
  const ofSystem = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|HOURGLASS_|NO_COLOR|FORCE_COLOR|XDG_)/.test(name),
  );
  const own = {
    ...Object.fromEntries(ofSystem),
    HOME: home,
    TMPDIR: home,
    XDG_CACHE_HOME: home,
    TERM: 'xterm-256color',
  };
  const running = new Set<{ kill(): void }>();

  function type(words: readonly string[], environment: Record<string, string> = {}): Shown {
    let text = '';
    let look = () => {};
    let status: number | undefined;
    const terminal = spawn(process.execPath, [hourglass, ...words], {
      cols: 160,
      rows: 60,
      cwd: home,
      env: { ...own, ...environment } as Record<string, string>,
    });
    running.add(terminal);
    terminal.onData((data) => {
      text += data;
      look();
    });
    const ended = new Promise<number>((resolve) => {
      terminal.onExit(({ exitCode }) => {
        running.delete(terminal);
        status = exitCode;
        resolve(exitCode);
        look();
      });
    });
    return {
      text: () => text,
      press: (keys) => terminal.write(keys),
      ended,
      until: (pattern) =>
        new Promise((resolve, reject) => {
          const what = () => `${words.join(' ')} does not show ${pattern}, but:\n${text.slice(-4_000)}`;
          const timer = setTimeout(() => reject(new Error(what())), COMES_WITHIN_MS);
          look = () => {
            if (pattern.test(text)) resolve();
            else if (status !== undefined) reject(new Error(`${what()}\nIt has ended with ${status}.`));
            else return;
            clearTimeout(timer);
            look = () => {};
          };
          look();
        }),
    };
  }

  return {
    type,
    async run(words, environment) {
      const shown = type(words, environment);
      const status = await shown.ended;
      return { status, text: shown.text() };
    },
    async pipe(words) {
      const { stdout } = await promisify(execFile)(process.execPath, [hourglass, ...words], { cwd: home, env: own });
      return stdout;
    },
    leave() {
      for (const terminal of running) terminal.kill();
    },
  };
}
