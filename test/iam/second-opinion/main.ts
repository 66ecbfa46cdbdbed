/**
 * `pnpm compare:iam`: asks moto, an implementation of IAM's rules that is not ours, what the deployment's policies allow, and compares. Not part of
 * the suite, for moto comes from PyPI with some 30 packages. Exit status 0 if both agree, 1 if not, 2 if there is no moto.
 */
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createCommand } from '../../command.ts';
import { bringOnce } from '../../parts/bring.ts';

createCommand(
  'compare:iam',
  "Ask moto what the deployment's policies allow, and compare with the simulated AWS. It comes from PyPI.",
)
  .addHelpText('after', '\nExit status: 0 both agree, 1 they do not, 2 bad usage or no moto.')
  .parse();

const place = (path: string) => fileURLToPath(new URL(path, import.meta.url));

async function bringMoto(): Promise<string> {
  return await bringOnce('moto', async (aside) => {
    const words = ['-m', 'pip', 'install', '--quiet', '--target', aside, '--requirement', place('requirement.txt')];
    await promisify(execFile)('python3', words);
  });
}

try {
  const env = { ...process.env, HOURGLASS_MOTO: await bringMoto() };
  const vitest = place('../../../node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', '--config', place('vitest.config.ts')], {
    env,
    stdio: 'inherit',
  });
  child.once('exit', (status) => {
    process.exitCode = status ?? 1;
  });
} catch (error) {
  const { stderr, message } = error as Error & { stderr?: string };
  console.error(`compare:iam: moto cannot be installed: ${(stderr || message).trim().split('\n').at(-1)}`);
  console.error('It takes python3 with pip, on Debian: sudo apt-get install python3-pip');
  process.exitCode = 2;
}
