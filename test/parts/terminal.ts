/** A terminal for the command to run in, as a person has one: a pseudo-terminal of the operating system, by a package that brings it compiled. */
import { createRequire } from 'node:module';
import type { Found, Part } from './part.ts';

export const terminal: Part = {
  name: 'terminal',
  title: 'a pseudo-terminal',
  purpose: 'the command as a person sees it: colours, redrawing, Ctrl-C',
  ways: [useNpmPackage],
  // Its program is compiled for Linux with glibc, macOS and Windows, each for two processors.
  command: async () => 'npx -y pnpm@12 install',
};

async function useNpmPackage(): Promise<Found> {
  const { spawn } = await import('@lydell/node-pty');
  const said = await new Promise<string>((resolve) => {
    let text = '';
    const shell = spawn('sh', ['-c', 'test -t 0 && test -t 1 && echo a terminal'], { cols: 80, rows: 24 });
    shell.onData((data) => {
      text += data;
    });
    shell.onExit(() => resolve(text));
  });
  if (!said.includes('a terminal')) throw new Error('what is started in it is in no terminal');
  const { version } = createRequire(import.meta.url)('@lydell/node-pty/package.json');
  return { what: `a pseudo-terminal, by the npm package @lydell/node-pty ${version}` };
}
