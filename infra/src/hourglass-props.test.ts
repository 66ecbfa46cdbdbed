/** The construct as an app's author uses it: with what the CDK has. */
import { rmSync } from 'node:fs';
import { App, Duration, Fn, Stack, type StackProps, Stage, Tags, TimeZone } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  CfnVPCCidrBlock,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  IpProtocol,
  SecurityGroup,
  Subnet,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal, User } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { afterAll, describe, expect, test } from 'vitest';
import { Hourglass } from './hourglass.ts';
import type { HourglassProps } from './hourglass-props.ts';
import { createStandInAssets } from './stand-in-assets.ts';

const { directory, ...assets } = createStandInAssets();
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const tokyo = { env: { account: '111111111111', region: 'ap-northeast-1' } };
const createStack = (props: StackProps = {}, id = 'Net') =>
  new Stack(new App({ analyticsReporting: false }), id, props);
const sealed = { natGateways: 0, maxAzs: 2 };
const least = {
  sources: { hosts: ['git.example.com'], cidrs: ['192.168.0.0/16'] },
  image: { build: true },
} as const satisfies Partial<HourglassProps>;
const make = (stack: Stack, props: Partial<HourglassProps>, id = 'Mirrors') =>
  new Hourglass(stack, id, { ...least, assets, ...props } as HourglassProps);
/** The environment of a service, as it is in the template. */
const environmentOf = (template: Template, service: string) =>
  Object.values(template.findResources('AWS::Lambda::Function')).find(({ Properties }) =>
    String(Properties.FunctionName).endsWith(`-${service}`),
  )?.Properties.Environment.Variables;
const gatewaysOf = (template: Template) =>
  Object.values(template.findResources('AWS::EC2::VPCEndpoint', { Properties: { VpcEndpointType: 'Gateway' } }));

describe('public subnets', () => {
  const withPublic = (stack: Stack) => new Vpc(stack, 'Vpc', { natGateways: 1, maxAzs: 2 });
  const warned = Match.stringLikeRegexp('^subnets: .*PublicSubnet1, .*PublicSubnet2 are public subnets of the VPC');

  test('draw a warning that names them, by a selection or by their ids', () => {
    const selected = createStack();
    make(selected, { vpc: withPublic(selected), subnets: { subnetType: SubnetType.PUBLIC } });
    Annotations.fromStack(selected).hasWarning('/Net/Mirrors', warned);
    const named = createStack();
    const vpc = withPublic(named);
    make(named, {
      vpc,
      taskSubnets: vpc.publicSubnets.map(({ subnetId }) => subnetId),
      routeTables: ['rtb-0aaaaaaaaaaaaaaa1'],
    });
    Annotations.fromStack(named).hasWarning('/Net/Mirrors', warned);
  });

  test('are not chosen where nothing is said, and draw no warning then', () => {
    const stack = createStack();
    make(stack, { vpc: withPublic(stack) });
    Annotations.fromStack(stack).hasNoWarning('/Net/Mirrors', Match.stringLikeRegexp('public'));
  });
});

describe('a VPC of the same app', () => {
  test('is all that a deployment needs besides its sources, image and repositories', () => {
    const stack = createStack();
    const vpc = new Vpc(stack, 'Vpc', sealed);
    const made = make(stack, { vpc, repositories: { app: { source: 'https://git.example.com/app.git' } } });
    expect(made.webhookUrl).toBeUndefined();
    const template = Template.fromStack(stack);
    const [first, second] = vpc.isolatedSubnets.map(({ subnetId }) => stack.resolve(subnetId));
    expect(environmentOf(template, 'runner').TASK_SUBNETS).toEqual({ 'Fn::Join': ['', [first, ',', second]] });
    expect(JSON.stringify(environmentOf(template, 'provisioner').STACK_PARAMETERS)).toContain(first.Ref);
    expect(JSON.stringify(environmentOf(template, 'provisioner').STACK_PARAMETERS)).not.toContain(second.Ref);
    expect(gatewaysOf(template)).toHaveLength(2);
    for (const { Properties } of gatewaysOf(template)) {
      expect(Properties.RouteTableIds).toEqual(
        vpc.isolatedSubnets.map(({ routeTable }) => stack.resolve(routeTable.routeTableId)),
      );
    }
    // Without an env, CloudFormation looks the Region's prefix lists up.
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
      DestinationPrefixListId: { 'Fn::FindInMap': [Match.anyValue(), { Ref: 'AWS::Region' }, 's3'] },
    });
  });

  test('with endpoints of its own gets no second ones, and its further range is let in', () => {
    const stack = createStack(tokyo);
    const vpc = new Vpc(stack, 'Vpc', {
      ...sealed,
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
    });
    vpc.addInterfaceEndpoint('Logs', { service: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS });
    new CfnVPCCidrBlock(stack, 'Further', { vpcId: vpc.vpcId, cidrBlock: '10.9.0.0/16' });
    expect(make(stack, { vpc }).endpointServices).toEqual(['ecr.api', 'ecr.dkr', 'git-codecommit']);
    const template = Template.fromStack(stack);
    expect(gatewaysOf(template)).toHaveLength(2);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: Match.arrayWith([Match.objectLike({ CidrIp: '10.9.0.0/16' })]),
    });
  });

  test.each([
    [
      'private subnets only',
      {
        subnetConfiguration: [
          { name: 'p', subnetType: SubnetType.PRIVATE_WITH_EGRESS },
          { name: 'q', subnetType: SubnetType.PUBLIC },
        ],
      },
    ],
    ['IPv6', { ...sealed, ipProtocol: IpProtocol.DUAL_STACK }],
    ['several Zones', { natGateways: 0, maxAzs: 3 }],
  ])('with %s will do', (_, props) => {
    const stack = createStack(tokyo);
    make(stack, { vpc: new Vpc(stack, 'Vpc', { ...props, ipAddresses: IpAddresses.cidr('10.4.0.0/16') }) });
    expect(gatewaysOf(Template.fromStack(stack))).toHaveLength(2);
  });

  test('of another stack, in a Stage, is referred to', () => {
    const stage = new Stage(new App({ analyticsReporting: false }), 'Prod', tokyo);
    const vpc = new Vpc(new Stack(stage, 'Net'), 'Vpc', sealed);
    const stack = new Stack(stage, 'Hourglass');
    const { deployment } = make(stack, { vpc });
    expect(deployment).toMatch(/^[a-z][a-z0-9-]{0,22}[a-z0-9]$/);
    expect(JSON.stringify(environmentOf(Template.fromStack(stack), 'runner').TASK_SUBNETS)).toContain(
      'Fn::ImportValue',
    );
  });

  test('puts endpoints into several Zones when asked to', () => {
    const stack = createStack(tokyo);
    const vpc = new Vpc(stack, 'Vpc', sealed);
    make(stack, { vpc, endpointSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED } });
    const parameters = JSON.stringify(environmentOf(Template.fromStack(stack), 'provisioner').STACK_PARAMETERS);
    for (const { subnetId } of vpc.isolatedSubnets) expect(parameters).toContain(stack.resolve(subnetId).Ref);
  });
});

describe('a VPC that is there', () => {
  test('is looked up: the placeholders of the first synthesis pass', () => {
    const stack = createStack(tokyo);
    make(stack, { vpc: Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-0123456789abcdef0' }) });
    expect(environmentOf(Template.fromStack(stack), 'runner').TASK_SUBNETS).toMatch(/^[ip]-12345/);
  });

  const imported = {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['ap-northeast-1a'],
    isolatedSubnetIds: ['subnet-0aaaaaaaaaaaaaaa1'],
  };

  test('is imported by its attributes', () => {
    const stack = createStack(tokyo);
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
      ...imported,
      vpcCidrBlock: '10.0.0.0/16',
      isolatedSubnetRouteTableIds: ['rtb-0123456789abcdef0'],
    });
    make(stack, { vpc });
    const template = Template.fromStack(stack);
    expect(gatewaysOf(template)[0]?.Properties.RouteTableIds).toEqual(['rtb-0123456789abcdef0']);
    expect(JSON.stringify(template.toJSON())).toContain('"DestinationPrefixListId":"pl-61a54008"');
  });

  test('without range and route tables says which props would name them', () => {
    const vpcOf = (stack: Stack, more = {}) => Vpc.fromVpcAttributes(stack, 'Vpc', { ...imported, ...more });
    const [one, two] = [createStack(tokyo), createStack(tokyo)];
    expect(() => make(one, { vpc: vpcOf(one) })).toThrow(/^vpcCidrs: the VPC was imported without its range/);
    expect(() => make(two, { vpc: vpcOf(two, { vpcCidrBlock: '10.0.0.0/16' }) })).toThrow(
      /^routeTables: must name the route tables of the task subnets/,
    );
    const three = createStack(tokyo);
    make(three, {
      vpc: vpcOf(three),
      vpcCidrs: ['10.0.0.0/16'],
      gatewayEndpoints: { s3: 'existing', dynamodb: 'existing' },
    });
    expect(gatewaysOf(Template.fromStack(three))).toEqual([]);
  });

  test('may come as plain ids, tokens too', () => {
    const stack = createStack(tokyo);
    make(stack, {
      vpcId: Fn.importValue('vpc'),
      vpcCidrs: [Fn.importValue('cidr')],
      taskSubnets: [Fn.importValue('subnet')],
      routeTables: [Fn.importValue('rtb')],
    });
    expect(environmentOf(Template.fromStack(stack), 'runner').TASK_SUBNETS).toEqual({ 'Fn::ImportValue': 'subnet' });
  });
});

describe('prefix lists', () => {
  test('of a Region that is not in the table are looked up', () => {
    const stack = createStack({ env: { account: '111111111111', region: 'eu-south-1' } });
    make(stack, { vpc: new Vpc(stack, 'Vpc', sealed) });
    const missing = (App.of(stack) as App).synth().manifest.missing?.map(({ provider }) => provider);
    expect(missing?.filter((provider) => provider === 'cc-api-provider')).toHaveLength(2);
  });
});

describe('what is wrong', () => {
  const withVpc = (props: object) => () => {
    const stack = createStack(tokyo);
    const vpc = new Vpc(stack, 'Vpc', sealed);
    make(stack, { vpc, ...props });
  };
  const subnet = (stack: Stack, id: string) =>
    Subnet.fromSubnetAttributes(stack, id, {
      subnetId: 'subnet-0aaaaaaaaaaaaaaa1',
      availabilityZone: 'ap-northeast-1a',
    });

  test.each<[string, () => void, RegExp]>([
    ['no VPC', () => make(createStack(), {}), /^vpc: is missing \(an ec2\.IVpc, such as ec2\.Vpc\.fromLookup/],
    ['a VPC that is an id', withVpc({ vpc: 'vpc-1' }), /^vpc: must be an ec2\.IVpc; an id is given as vpcId/],
    ['a VPC twice', withVpc({ vpcId: 'vpc-0123456789abcdef0' }), /^vpcId: must be left out, since vpc says the same/],
    ['no image', withVpc({ image: undefined }), /^image: is missing \(must be \{ build: true \}/],
    ['no sources', withVpc({ sources: undefined }), /^sources: is missing \(such as \{ hosts/],
    [
      'subnets in two lists',
      withVpc({ subnets: {}, taskSubnets: ['subnet-0aaaaaaaaaaaaaaa1'] }),
      /^taskSubnets: must be left out, since subnets says the same/,
    ],
    [
      'one subnet twice',
      () => {
        const stack = createStack(tokyo);
        make(stack, {
          vpc: new Vpc(stack, 'Vpc', sealed),
          subnets: { subnets: [subnet(stack, 'A'), subnet(stack, 'B')] },
        });
      },
      /^subnets: must not select one subnet twice \(subnet-0aaaaaaaaaaaaaaa1\)/,
    ],
    [
      'subnets that are not there',
      withVpc({ subnets: { subnetGroupName: 'none' } }),
      /^subnets: There are no subnet groups with name 'none'/,
    ],
    [
      'a number for a Duration',
      withVpc({ maxDelay: 600 }),
      /^maxDelay: must be a Duration such as Duration\.minutes\(10\)/,
    ],
    [
      'a Duration out of bounds',
      withVpc({ teardownLead: Duration.hours(2) }),
      /^teardownLead: must be at most 1800 seconds/,
    ],
    ['a retention that is none', withVpc({ logRetention: 42 }), /^logRetention: must be 1, 3, 5/],
    ['no props', () => new Hourglass(createStack(), 'Mirrors', undefined as never), /^vpc: is missing/],
    ['a VPC that is null', withVpc({ vpc: null }), /^vpc: is missing/],
    [
      'a VPC of another Region',
      () => {
        const stack = createStack(tokyo);
        const other = new Stack(stack.node.root as App, 'Far', { env: { ...tokyo.env, region: 'us-east-1' } });
        make(stack, { vpc: new Vpc(other, 'Vpc', sealed) });
      },
      /^vpc: must be in the stack's Region, ap-northeast-1; Far\/Vpc is in us-east-1/,
    ],
    ['subnets in a list', withVpc({ subnets: ['subnet-1'] }), /^subnets: must be an ec2\.SubnetSelection such as/],
    ['endpoint subnets as a text', withVpc({ endpointSubnets: 'subnet-1' }), /^endpointSubnets: must be an ec2\.Sub/],
    ['a group that is an id', withVpc({ taskSecurityGroup: 'sg-1' }), /^taskSecurityGroup: must be one ec2\.ISecurity/],
    [
      'groups in a list',
      withVpc({ endpointsSecurityGroup: [] }),
      /^endpointsSecurityGroup: must be one ec2\.ISecurity/,
    ],
    [
      'a prop of another construct',
      withVpc({ securityGroups: [] }),
      /^securityGroups: unknown key; did you mean taskSecurityGroup or endpointsSecurityGroup\?/,
    ],
    ['a misspelt prop', withVpc({ loqRetention: 7 }), /^loqRetention: unknown key; did you mean logRetention\?/],
    ['an image as a text', withVpc({ image: '1.dkr.ecr/a:b' }), /^image: must be \{ uri: '1\.dkr\.ecr\/a:b' \}/],
    [
      'an ECR repository',
      withVpc({ image: { repositoryUri: 'x' } }),
      /^image: must be ecs\.ContainerImage\.fromEcrRep/,
    ],
    ['an image asset', withVpc({ image: { imageUri: 'x' } }), /^image: must be ecs\.ContainerImage\.fromDockerImageAs/],
    ['repositories in a Map', withVpc({ repositories: new Map() }), /^repositories: must be \{ app: \{ source:/],
    ['an address alone', withVpc({ repositories: { app: 'x' } }), /^repositories\.app: is "x" \(such as \{ source:/],
    [
      'a Duration as schedule',
      withVpc({ repositories: { app: { schedule: Duration.hours(1) } } }),
      /^repositories\.app\.schedule: must be a scheduler\.ScheduleExpression/,
    ],
    ['a token as a name', withVpc({ deployment: Fn.ref('x') }), /^deployment: .*; it is a token, whose value the app/],
    [
      'a host alone',
      withVpc({ sources: { hosts: 'git', cidrs: [] } }),
      /^sources\.hosts: is "git" \(such as \['git\.ex/,
    ],
    [
      'a Duration and its seconds',
      withVpc({ maxDelay: Duration.hours(1), maxDelaySeconds: 3600 }),
      /^maxDelaySeconds: must be left out, since maxDelay says the same/,
    ],
    [
      'an image from elsewhere',
      withVpc({ image: ContainerImage.fromRegistry('alpine:3') }),
      /^image: must be one in ECR .*alpine:3/,
    ],
  ])('%s is refused by the prop', (_, refused, message) => {
    expect(refused).toThrow(message);
  });

  test('two of one name are refused, and two in one VPC are warned of', () => {
    const stack = createStack(tokyo);
    const vpc = new Vpc(stack, 'Vpc', sealed);
    make(stack, { vpc, deployment: 'main' });
    expect(() => make(stack, { vpc, deployment: 'main' }, 'Again')).toThrow(
      /^deployment: must be another name than main/,
    );
    make(stack, { vpc }, 'Others');
    Annotations.fromStack(stack).hasWarning('/Net/Others', Match.stringLikeRegexp('in the same VPC'));
  });
});

test('Durations, groups, image and tags of the user take the place of the defaults', () => {
  const stack = createStack(tokyo);
  const vpc = new Vpc(stack, 'Vpc', sealed);
  const taskSecurityGroup = SecurityGroup.fromSecurityGroupId(stack, 'Theirs', 'sg-0123456789abcdef0', {
    allowAllOutbound: false,
  });
  const made = make(stack, {
    vpc,
    taskSecurityGroup,
    image: ContainerImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'Repository', 'tools'), 'v1'),
    maxDelay: Duration.minutes(20),
    repositories: { app: { maxDelay: Duration.hours(1) } },
    logRetention: RetentionDays.ONE_WEEK,
  });
  Tags.of(stack).add('team', 'git');
  const template = Template.fromStack(stack);
  expect(made.taskSecurityGroup.securityGroupId).toBe('sg-0123456789abcdef0');
  expect(environmentOf(template, 'runner').TASK_SECURITY_GROUP).toBe('sg-0123456789abcdef0');
  template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
    GroupId: 'sg-0123456789abcdef0',
    CidrIp: '192.168.0.0/16',
  });
  expect(environmentOf(template, 'intake')).toMatchObject({
    MAX_DELAY_SECONDS: '1200',
    REPOSITORY_DELAY_SECONDS: '{"app":3600}',
  });
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  expect(JSON.stringify(template.findResources('AWS::ECS::TaskDefinition'))).toContain('tools:v1');
  template.hasResourceProperties('AWS::SQS::Queue', { Tags: Match.arrayWith([{ Key: 'team', Value: 'git' }]) });
});

test('a schedule may be one of the CDK', () => {
  const stack = createStack(tokyo);
  const source = 'https://git.example.com/app.git';
  const schedule = ScheduleExpression.cron({ hour: '3', timeZone: TimeZone.ASIA_TOKYO });
  make(stack, { vpc: new Vpc(stack, 'Vpc', sealed), repositories: { app: { source, schedule } } });
  Template.fromStack(stack).hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpressionTimezone: 'Asia/Tokyo',
  });
});

test('a grant that would grant nothing is warned of, and one to no principal is refused', () => {
  const stack = createStack(tokyo);
  const made = make(stack, { vpc: new Vpc(stack, 'Vpc', sealed) });
  made.grantRequest(Role.fromRoleArn(stack, 'Own', 'arn:aws:iam::111111111111:role/client')).assertSuccess();
  Annotations.fromStack(stack).hasNoWarning('/Net/Mirrors', Match.stringLikeRegexp('grantRequest'));
  made.grantRequest(Role.fromRoleArn(stack, 'Other', 'arn:aws:iam::222222222222:role/client'));
  Annotations.fromStack(stack).hasWarning('/Net/Mirrors', Match.stringLikeRegexp('222222222222 is another account'));
  made.grantRequest(new ServicePrincipal('lambda.amazonaws.com'));
  Annotations.fromStack(stack).hasWarning('/Net/Mirrors', Match.stringLikeRegexp('takes no policy'));
  expect(() => made.grantRequest('arn:aws:iam::111111111111:role/client' as never)).toThrow(/^grantRequest: must be/);
});

test('grants, metrics and what was made are properties', () => {
  const stack = createStack(tokyo);
  const made = make(stack, { vpc: new Vpc(stack, 'Vpc', sealed) });
  const client = new User(stack, 'Client');
  made.grantRequest(client).assertSuccess();
  made.grantReadStatus(client).assertSuccess();
  new Bucket(stack, 'Bucket').grantRead(made);
  expect(made.metricPaidHours()).toMatchObject({ namespace: `Hourglass/${made.deployment}`, metricName: 'PaidHours' });
  expect(made.metricPaidHours({ period: Duration.hours(1) }).period.toHours()).toBe(1);
  expect(made.metricFailedMirrors().metricName).toBe('ApproximateNumberOfMessagesVisible');
  expect(made.metricRequests().dimensions).toMatchObject({ EventBusName: `hourglass-${made.deployment}` });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::IAM::Policy', {
    Users: [stack.resolve(client.userName) && { Ref: Match.anyValue() }],
    PolicyDocument: {
      Statement: Match.arrayWith([
        {
          Action: 'events:PutEvents',
          Effect: 'Allow',
          Resource: stack.resolve(made.bus.eventBusArn),
          Condition: {
            StringEquals: {
              'events:source': 'hourglass.client',
              'events:detail-type': ['MirrorRequested', 'TaskRequested'],
            },
          },
        },
      ]),
    },
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    Roles: [stack.resolve(made.taskRole.roleName)],
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['s3:GetObject*']) })]) },
  });
  template.resourceCountIs('AWS::Logs::MetricFilter', 5);
});
