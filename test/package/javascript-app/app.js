/** The same app as `cdk init app --language javascript` begins one: CommonJS. */
const { Hourglass } = require('@hourglass/infra');
const { App, CfnOutput, Duration, Stack } = require('aws-cdk-lib');
const { Vpc } = require('aws-cdk-lib/aws-ec2');
const { Role, ServicePrincipal } = require('aws-cdk-lib/aws-iam');

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
