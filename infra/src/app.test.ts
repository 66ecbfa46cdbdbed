/** The app as a user runs it, on the real services: what it writes, that the bundles start, and what it says when it cannot. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from './assets.ts';
import { exampleConfig } from './example-config.ts';
import { type Json, Template } from './template.ts';

const directory = mkdtempSync(join(tmpdir(), 'hourglass-app-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const { PATH, NODE_COMPILE_CACHE } = process.env;
const runApp = (config: unknown, outdir: string) => {
  const file = join(directory, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  return spawnSync(process.execPath, [join(repositoryRoot, 'infra/src/app.ts')], {
    cwd: directory,
    encoding: 'utf8',
    // CloudFormation's own rules, most of a synthesis, judge this configuration in best-practice.test.ts, with the line that says so.
    env: { PATH, NODE_COMPILE_CACHE, HOURGLASS_CONFIG: 'config.json', CDK_OUTDIR: outdir, CDK_VALIDATION: 'false' },
  });
};

describe('a good configuration', () => {
  const { status, stdout, stderr } = runApp(exampleConfig, 'out');
  const name = `hourglass-${exampleConfig.deployment}`;
  const outdir = join(directory, 'out');

  test('is synthesized without account or Docker, and what was written is listed', () => {
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain(`control plane: out/${name}.template.json`);
    expect(stdout).toContain(`endpoints: out/${name}-endpoints.template.json`);
    expect(stdout).toContain('10 Lambda::Function');
    expect(stdout).toContain(
      'an open hour costs 4 endpoint-hours in ap-northeast-1a: ecr.api, ecr.dkr, git-codecommit, secretsmanager',
    );
    expect(stdout).toMatch(/cdk-nag, AwsSolutions: no findings; \d+ accepted, each with its reason/);
  });

  test('puts the endpoints template beside the code of the provisioner, the same that lies open for readers', () => {
    const [asset] = assetsOf('provisioner');
    const shipped = readFileSync(join(outdir, asset ?? '', 'endpoints.template.json'), 'utf8');
    expect(shipped).toBe(readFileSync(join(outdir, `${name}-endpoints.template.json`), 'utf8'));
  });

  test('stages the image with its entrypoint, to be built at deployment', () => {
    const { dockerImages } = JSON.parse(readFileSync(join(outdir, `${name}.assets.json`), 'utf8'));
    const [{ source }] = Object.values<Json>(dockerImages);
    expect(source.platform).toBe('linux/arm64');
    for (const file of ['Dockerfile', 'dist/entrypoint.cjs'])
      expect(existsSync(join(outdir, source.directory, file))).toBe(true);
  });

  test.each(['webhook', 'intake', 'provisioner', 'runner', 'teardown', 'replay'])(
    'gives %s an environment with which its bundle starts',
    (service) => {
      const [asset, variables] = assetsOf(service);
      const program = `const { handler } = require(${JSON.stringify(join(outdir, asset, 'index.js'))});
process.stdout.write(typeof handler);`;
      const started = spawnSync(process.execPath, ['--eval', program], {
        encoding: 'utf8',
        env: { PATH, NODE_COMPILE_CACHE, AWS_REGION: 'ap-northeast-1', ...variables },
      });
      expect(started.stderr).toBe('');
      expect(started.stdout).toBe('function');
    },
  );

  test('gives the same bytes again', () => {
    runApp(exampleConfig, 'again');
    for (const file of [`${name}.template.json`, `${name}.assets.json`, `${name}-endpoints.template.json`]) {
      expect(readFileSync(join(directory, 'again', file), 'utf8')).toBe(readFileSync(join(outdir, file), 'utf8'));
    }
  });

  function assetsOf(service: string): [asset: string, variables: Record<string, string>] {
    const template = new Template(join(outdir, `${name}.template.json`));
    const { Properties } = template.named('Lambda::Function', 'FunctionName', `${name}-${service}`);
    const variables = Object.entries<Json>(Properties.Environment.Variables).map(([key, value]) => [
      key,
      resolve(value),
    ]);
    return [`asset.${Properties.Code.S3Key.replace('.zip', '')}`, Object.fromEntries(variables)];
  }
});

describe('a bad configuration', () => {
  test('is reported in words, by its keys, with exit status 2', () => {
    const { status, stdout, stderr } = runApp({ ...exampleConfig, taskSubnets: ['10.0.0.0/24'], vpc: 'x' }, 'none');
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.replace(directory, '').replace(/(?<=vpcId, ).*/, '…')).toBe(
      '/config.json:\n  taskSubnets[0]: must be an id such as subnet-0123456789abcdef0; it is "10.0.0.0/24"\n  vpc: unknown key; known here: deployment, vpcId, …\n',
    );
    expect(existsSync(join(directory, 'none'))).toBe(false);
  });
});

/** What CloudFormation would make of a value, with a word for whatever it alone knows. */
function resolve(value: Json): string {
  if (typeof value === 'string') return value;
  const joined = value['Fn::Join'];
  return joined === undefined ? 'known-later' : joined[1].map(resolve).join(joined[0]);
}
