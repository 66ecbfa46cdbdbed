/** A CDK app of somebody who has the package from npm: an ordinary VPC, and mirrors in it. */
import { type EventDetails, Hourglass, type HourglassProps } from '@hourglass/infra';
import { App, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

class MirrorsStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const vpc = new Vpc(this, 'Vpc', { natGateways: 0, maxAzs: 2 });
    const mirrors: HourglassProps = {
      vpc,
      sources: { hosts: ['git.example.com'], cidrs: ['192.168.0.0/16'] },
      image: { build: true },
      repositories: {
        app: { source: 'https://git.example.com/group/app.git', maxDelay: Duration.minutes(15) },
        web: { source: 'https://git.example.com/group/web.git', destination: 'team-web' },
      },
    };
    const hourglass = new Hourglass(this, 'Mirrors', mirrors);
    hourglass.grantRequest(new Role(this, 'Client', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') }));
    hourglass.metricPaidHours().createAlarm(this, 'Dear', { threshold: 20, evaluationPeriods: 1 });
    new CfnOutput(this, 'Bus', { value: hourglass.bus.eventBusName });
  }
}

/** What a rule of this app's own is given when a mirror is made. */
export const nameMirrored = ({ taskKey }: EventDetails['TaskSucceeded']): string => taskKey.slice('mirror:'.length);

const app = new App();
new MirrorsStack(app, 'Mirrors');
app.synth();
