/** The real templates for a world on this machine: infra's own app, run with a configuration of ours. */

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { app } from '#places';
import { CommandFailed } from '../errors.ts';

/** The templates could not be synthesized; the message is what the CDK app said. */
export class SynthFailed extends CommandFailed {
  override readonly name = 'SynthFailed';
}

export interface WorldConfig {
  deployment: string;
  /** `host:port` of the on-premises git server. */
  sourceHost: string;
  /** Further ones. */
  moreHosts?: string[];
  /** Where mirrors go; the repository's name is appended. */
  destinationPrefix: string;
  apiKeySha256: string;
  /** The configuration's own default, unless said. */
  billing?: 'anchored' | 'clock' | 'unknown';
  /** Likewise. */
  maxDelaySeconds?: number;
  maxParallelTasks?: number;
  /** What is known of further source hosts, as in the configuration. */
  networks?: Record<string, object>;
  /** Ranges that git servers are in, beside this machine's own. */
  sourceCidrs?: string[];
  existingEndpoints?: string[];
  /** What may be mirrored, and which git servers may call, as in the configuration. */
  repositories?: Record<string, object>;
  webhooks?: Record<string, object>;
  /** Likewise. */
  carrier?: 'fargate' | 'direct';
  tags?: Record<string, string>;
  /** Who of other accounts may ask, likewise. */
  clients?: string[];
  /** Who hears what becomes of requests, as in the configuration. */
  answers?: object;
}

/** The cloud assembly's folder, inside the folder that it is synthesized in. */
export const assemblyIn = (dir: string) => join(dir, 'cdk.out');

/** @returns the cloud assembly's folder, inside `dir`. */
export async function synthesizeWorld(config: WorldConfig, dir: string): Promise<string> {
  const file = join(dir, 'hourglass.config.json');
  const outdir = assemblyIn(dir);
  await writeFile(file, JSON.stringify(fullConfig(config), null, 2));
  // CloudFormation's own rules take two thirds of a synthesis, and say nothing of a simulated AWS that it does not say itself.
  const env = { ...process.env, HOURGLASS_CONFIG: file, CDK_OUTDIR: outdir, CDK_VALIDATION: 'false' };
  try {
    await promisify(execFile)(process.execPath, [app], {
      env,
      maxBuffer: 2 ** 26,
    });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new SynthFailed(`the templates could not be synthesized:\n${stderr || message}`);
  }
  return outdir;
}

/** An example network; the simulated AWS takes its ids for existing ones. */
function fullConfig({ sourceHost, moreHosts = [], networks = {}, sourceCidrs = [], ...given }: WorldConfig) {
  return {
    ...given,
    vpcId: 'vpc-0123456789abcdef0',
    vpcCidrs: ['10.0.0.0/16'],
    taskSubnets: ['subnet-0aaaaaaaaaaaaaaa1'],
    routeTables: ['rtb-0123456789abcdef0'],
    gatewayEndpoints: { s3: 'create', dynamodb: 'create' },
    prefixLists: { s3: 'pl-61a54008', dynamodb: 'pl-78a54011' },
    sources: {
      hosts: [sourceHost, ...moreHosts, ...Object.keys(networks)],
      cidrs: ['127.0.0.0/8', ...sourceCidrs],
      networks,
    },
    commands: { 'git-version': { command: ['git', '--version'] } },
    // A task runs as a local process of the entrypoint, so no image is pulled.
    image: { uri: '111111111111.dkr.ecr.ap-northeast-1.amazonaws.com/hourglass:local' },
  };
}
