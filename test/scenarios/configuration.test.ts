/** The real bundles with an environment that is not what it must be. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';

interface Template {
  Resources: Record<string, { Type: string; Properties: Record<string, never>; Metadata?: Record<string, string> }>;
}

const services = ['webhook', 'intake', 'provisioner', 'runner', 'teardown', 'replay'];

/** The bundle and the names of the variables that the template gives to a service. */
function readFunction(service: string) {
  const assembly = inject('assembly');
  const { Resources } = JSON.parse(readFileSync(join(assembly, 'hourglass-test.template.json'), 'utf8')) as Template;
  const [found] = Object.values(Resources).filter(
    ({ Type, Properties }) =>
      Type === 'AWS::Lambda::Function' && String(Properties.FunctionName) === `hourglass-test-${service}`,
  );
  if (!found) throw new Error(`the template has no function for ${service}`);
  const { Code, Environment } = found.Properties as unknown as {
    Code: { S3Key: string };
    Environment: { Variables: Record<string, unknown> };
  };
  const asset = `asset.${Code.S3Key.replace(/\.zip$/, '')}`;
  return { bundle: join(assembly, asset, 'index.js'), names: Object.keys(Environment.Variables) };
}

async function load(bundle: string, env: Record<string, string>): Promise<string> {
  const run = promisify(execFile)(process.execPath, ['--eval', `require(${JSON.stringify(bundle)})`], { env });
  return run.then(
    () => 'started',
    (error: { stderr: string }) => error.stderr,
  );
}

describe.each(services)('the bundle of %s', (service) => {
  it('refuses to start without its environment, and names every variable at once', async () => {
    const { bundle, names } = readFunction(service);
    const message = await load(bundle, {});
    expect(message).toMatch(/ConfigurationError: The environment is not complete/);
    for (const name of names) expect(message).toMatch(new RegExp(`\\b${name} is missing`));
  });
});
