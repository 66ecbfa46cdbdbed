/** `deploy`, `diff`, `destroy` and `synth`: the CDK app of `infra` as commands of ours, since `deploy` is also pnpm's own word. */
import type { Command } from 'commander';

interface Options {
  config?: string;
  profile?: string;
  region?: string;
  output?: string;
}

export function addDeployCommand(program: Command): void {
  addVerb(program, 'deploy', 'Look at the account, and deploy with the CDK CLI if it fits; nothing is created before.');
}

export function addDiffCommand(program: Command): void {
  addVerb(program, 'diff', 'Say what a deployment would change.');
}

export function addDestroyCommand(program: Command): void {
  addVerb(
    program,
    'destroy',
    'Remove the deployment, open endpoints first. Do it while no task runs. With the direct carrier it takes up to 45 minutes: Lambda leaves the network interface of its function that long.',
  );
}

export function addSynthCommand(program: Command): void {
  program
    .command('synth')
    .description('Write the CloudFormation templates, without an AWS account, network or Docker.')
    .option('--config <file>', CONFIG)
    .option('--output <folder>', 'where to write them (default: CDK_OUTDIR, else infra/cdk.out)')
    .action(async (files: Options) => {
      const { runInfra } = await import('./run-infra.ts');
      process.exitCode = await runInfra('synth', [], files);
    });
}

function addVerb(program: Command, verb: 'deploy' | 'diff' | 'destroy', description: string): void {
  program
    .command(verb)
    .description(description)
    .option('--config <file>', CONFIG)
    .option('--profile <name>', 'profile of the AWS CLI: its credentials, and its Region')
    .option('--region <name>', 'Region, if not that of AWS_REGION or of the profile')
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', `\nEvery other option goes to the CDK CLI: npx -y aws-cdk@2 ${verb} --help`)
    .action(async ({ profile, region, ...files }: Options, command: Command) => {
      const { runInfra } = await import('./run-infra.ts');
      const account = [...(profile ? ['--profile', profile] : []), ...(region ? ['--region', region] : [])];
      process.exitCode = await runInfra(verb, [...account, ...command.args], files);
    });
}

const CONFIG = 'a module or JSON (default: HOURGLASS_CONFIG, else infra/hourglass.config.ts)';
