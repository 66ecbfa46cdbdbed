/** The commands of the app as documented: typed through npx and pnpm, each of which has words of its own. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { exampleConfig } from '../../infra/src/example-config.ts';
import { startAccountServer } from '../../infra/src/testing/account-server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'hourglass-deploy-'));
const server = await startAccountServer();
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

const files = { config: join(directory, 'config'), credentials: join(directory, 'credentials') };
writeFileSync(files.config, '[profile acme]\nregion = eu-central-1\n');
writeFileSync(files.credentials, '[acme]\naws_access_key_id = AKID-acme\naws_secret_access_key = secret\n');
writeFileSync(join(directory, 'team.json'), JSON.stringify(exampleConfig));

function type(...words: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const named = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') && name !== 'INIT_CWD');
  const env = {
    ...Object.fromEntries(named),
    AWS_CONFIG_FILE: files.config,
    AWS_SHARED_CREDENTIALS_FILE: files.credentials,
    AWS_ENDPOINT_URL: server.url,
  };
  return new Promise((resolve) => {
    execFile(
      'npx',
      ['-y', 'pnpm@12', '--silent', 'hourglass', ...words],
      { cwd: root, env },
      (error, stdout, stderr) => {
        resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

it('`hourglass deploy` takes a profile and options of the CDK CLI, and asks that account first', async () => {
  const config = join(directory, 'team.json');
  const end = await type('deploy', '--config', config, '--require-approval', 'never', '--profile', 'acme');
  expect(end).toMatchObject({ status: 2, stdout: '' });
  expect(end.stderr).toContain(`taskSubnets[0]: subnet-0aaaaaaaaaaaaaaa1 is in vpc-2, not in ${exampleConfig.vpcId}`);
  expect(server.asked.length).toBeGreaterThan(0);
  for (const call of server.asked) expect(call).toMatchObject({ accessKeyId: 'AKID-acme', region: 'eu-central-1' });
});

it.each(['deploy', 'synth'])('`hourglass %s --help` is ours', async (verb) => {
  const { status, stdout } = await type(verb, '--help');
  expect(status).toBe(0);
  expect(stdout).toContain(`Usage: hourglass ${verb} [options]`);
  expect(stdout.includes('Every other option goes to the CDK CLI')).toBe(verb !== 'synth');
});
