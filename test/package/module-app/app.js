/** The same app as an ES module. */
import { Hourglass } from '@hourglass/infra';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';

const app = new App();
const stack = new Stack(app, 'Mirrors');
const vpc = new Vpc(stack, 'Vpc', { natGateways: 0, maxAzs: 2 });
const hourglass = new Hourglass(stack, 'Mirrors', {
  vpc,
  sources: { hosts: ['git.example.com'], cidrs: ['192.168.0.0/16'] },
  image: { build: true },
  repositories: {
    app: { source: 'https://git.example.com/group/app.git', maxDelay: Duration.minutes(15) },
    web: { source: 'https://git.example.com/group/web.git', destination: 'team-web' },
  },
});
hourglass.grantRequest(new Role(stack, 'Client', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') }));
hourglass.metricPaidHours().createAlarm(stack, 'Dear', { threshold: 20, evaluationPeriods: 1 });
new CfnOutput(stack, 'Bus', { value: hourglass.bus.eventBusName });
app.synth();
