/** For this room's tests: the example configuration's control plane, as a template. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HourglassConfigInput, parseConfig } from './config.ts';
import { exampleConfig } from './example-config.ts';
import { createStandInRepository } from './stand-in-repository.ts';
import { synthesize } from './synthesize.ts';
import { referenced, Template } from './template.ts';

/** Begins every name of the example. */
export const base = `hourglass-${exampleConfig.deployment}`;

/** The control plane's template, with ways to find what is in it by its last name. */
export class ExampleTemplate extends Template {
  constructor(config: HourglassConfigInput = exampleConfig) {
    const root = createStandInRepository();
    const outdir = mkdtempSync(join(tmpdir(), 'hourglass-example-'));
    try {
      super(synthesize(parseConfig(config), { outdir, root }).controlPlaneTemplate);
    } finally {
      for (const directory of [root, outdir]) rmSync(directory, { recursive: true, force: true });
    }
  }

  queueId = (name: string) => this.named('SQS::Queue', 'QueueName', `${base}-${name}`).id;
  functionId = (service: string) => this.named('Lambda::Function', 'FunctionName', `${base}-${service}`).id;
  roleId = (service: string) => referenced(this.json.Resources[this.functionId(service)].Properties.Role) ?? '';
  grantsOf = (service: string) => this.grants().filter(({ role }) => role === this.roleId(service));
}
