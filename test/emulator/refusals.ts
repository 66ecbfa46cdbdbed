/** What does not fit the network is refused before anything is created: by `hourglass deploy`, and by CloudFormation whatever deploys. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Clients } from './clients.ts';
import { deploy, statusOf, type Target } from './deploy.ts';
import type { Network } from './network.ts';
import type { Steps } from './steps.ts';

export interface Refusals extends Target {
  clients: Clients;
  steps: Steps;
  network: Network;
  /** A configuration file that names the other VPC with this one's subnet. */
  wrongConfig: string;
}

export async function checkRefusals(run: Refusals): Promise<void> {
  const { clients, steps, stackName, network } = run;
  const refuse = (what: string, ask: () => Promise<string | undefined>, ...reasons: string[]) =>
    steps.check(what, async () => {
      const refusal = await ask();
      if (refusal === undefined) throw new Error('it was deployed');
      for (const reason of reasons)
        if (!refusal.includes(reason)) throw new Error(`it gives another reason: ${refusal}`);
      if ((await statusOf(clients, stackName)) !== undefined) throw new Error('something was created');
      return reasons.join('; ');
    });

  await refuse(
    'the preflight of `hourglass deploy` refuses what does not fit the account, and nothing is created',
    () => runDeployCommand(run),
    `taskSubnets[0]: ${network.subnetId} is in ${network.vpcId}, not in ${network.otherVpcId}`,
    `routeTables[0]: ${network.routeTableId} is in ${network.vpcId}, not in ${network.otherVpcId}`,
  );
  const create = (parameters: Record<string, string>) => () =>
    deploy(clients, steps, run, parameters).then(
      () => undefined,
      (error: Error) => error.message,
    );
  await refuse(
    'CloudFormation refuses a task subnet outside the VPC before it creates anything',
    create({ TaskSubnets: `${network.subnetId},${network.subnetOfOtherVpc}` }),
    `taskSubnets: each must be in ${network.vpcId}`,
  );
  await refuse(
    'CloudFormation refuses an endpoint subnet outside the VPC before it creates anything',
    create({ EndpointSubnet1: network.subnetOfOtherVpc }),
    `endpointSubnets[0].subnet: ${network.subnetId} must be in ${network.vpcId}`,
  );
  await refuse(
    'CloudFormation refuses an endpoint subnet in another Zone than is said before it creates anything',
    create({ EndpointSubnet1: network.subnetOfOtherZone }),
    `endpointSubnets[0].zone: must be the Zone of ${network.subnetId}`,
  );
}

/** @returns what it said; undefined if it did not refuse. */
async function runDeployCommand({ endpoint, region, wrongConfig }: Refusals): Promise<string | undefined> {
  const command = fileURLToPath(new URL('../../infra/src/cdk.ts', import.meta.url));
  const account = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: region };
  const env = { ...account, ...process.env, AWS_ENDPOINT_URL: endpoint, HOURGLASS_CONFIG: wrongConfig };
  return promisify(execFile)(process.execPath, [command, 'deploy'], { env }).then(
    () => undefined,
    ({ code, stderr }: { code: number; stderr: string }) => {
      if (code !== 2) throw new Error(`it ended with status ${code}: ${stderr}`);
      return stderr;
    },
  );
}
