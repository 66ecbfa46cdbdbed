/** The stack that a user deploys: the control plane, as one construct, and what there is to know once it stands. */
import { CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Assets } from './assets.ts';
import type { HourglassConfig } from './config.ts';
import { createDeployment } from './deployment.ts';
import { nameEverything } from './names.ts';
import { refuseForeignSubnets } from './network-rules.ts';
import { createSynthesizer } from './synthesizer.ts';

/** What the control plane is made of. */
export interface ControlPlaneProps {
  readonly config: HourglassConfig;
  readonly assets: Assets;
}

/** Free to keep; what costs by the hour is in the endpoints stack. */
export class ControlPlane extends Stack {
  constructor(scope: Construct, { config, assets }: ControlPlaneProps) {
    const { stack: stackName } = nameEverything(config.deployment);
    super(scope, stackName, {
      stackName,
      description: `Hourglass ${config.deployment}: control plane (free to keep)`,
      analyticsReporting: false,
      synthesizer: createSynthesizer(),
    });
    refuseForeignSubnets(this, config);
    // The CLI creates the stack itself with them.
    for (const [key, value] of Object.entries(config.tags)) Tags.of(this).add(key, value);
    // The configuration is checked already: what the construct `Hourglass` does besides.
    const { outputs } = createDeployment(new Construct(this, 'Hourglass'), config, assets);
    for (const [id, [value, description]] of Object.entries(outputs)) new CfnOutput(this, id, { value, description });
  }
}
