/** Rules that the control plane's template keeps: permissions, network, names, the task. */
import { describe, expect, test } from 'vitest';
import { exampleConfig } from './example-config.ts';
import { readsOfTheAccount } from './permissions-of-operators.ts';
import { base, ExampleTemplate } from './synthesize-example.ts';
import { asList, type Json, referenced } from './template.ts';

const template = new ExampleTemplate();
const { grantsOf, roleId } = template;

describe('every permission', () => {
  test('names its resource, but for those that AWS knows none for', () => {
    const unnamed = template
      .grants()
      .filter(({ resources, role }) => resources.includes('*') && !/Operator/.test(role))
      .flatMap(({ actions }) => actions);
    // Lambda makes the interface of a function in a VPC with that function's role; the second time they are denied to its code.
    const ofAnInterface = [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ];
    expect(unnamed.sort()).toEqual(
      [
        ...ofAnInterface,
        ...ofAnInterface,
        'ec2:DescribeVpcEndpoints',
        'ec2:DescribeVpcEndpoints',
        'ecr:GetAuthorizationToken',
        'ecs:ListTasks', // its condition names the cluster
        's3:ListAllMyBuckets', // a named command's own
      ].sort(),
    );
  });

  test('of an operator without a resource only reads', () => {
    const unnamed = template
      .grants()
      .filter(({ resources, role }) => resources.includes('*') && /Operator/.test(role))
      .flatMap(({ actions }) => actions);
    expect(new Set(unnamed)).toEqual(new Set(readsOfTheAccount));
    for (const action of unnamed) expect(action).toMatch(/:(Get|List|Describe|BatchGet)/);
  });

  test('names its actions', () => {
    for (const { actions } of template.grants()) expect(actions.join()).not.toContain('*');
  });

  test('belongs to a role without AWS managed policies', () => {
    for (const { Properties } of template.resources('IAM::Role'))
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  test.each<[string, string[], string]>([
    ['provisioner', ['scheduler', 'cloudformation'], 'two roles'],
    ['runner', ['scheduler', 'ecs-tasks'], 'three roles'],
    ['teardown', ['scheduler'], 'one role'],
    ['intake', ['scheduler'], 'one role'],
    ['clean-up', ['scheduler'], 'one role'],
  ])('of the %s to pass a role is for %j only', (service, services) => {
    const passes = grantsOf(service).filter(({ actions }) => actions.includes('iam:PassRole'));
    expect(passes.map(({ condition }) => condition)).toEqual(
      services.map((name) => ({ StringEquals: { 'iam:PassedToService': `${name}.amazonaws.com` } })),
    );
    for (const { resources } of passes) {
      for (const resource of resources)
        expect(template.json.Resources[referenced(resource) ?? '']?.Type).toBe('AWS::IAM::Role');
    }
  });

  test('of webhook and replay leaves the lease and all roles alone', () => {
    for (const service of ['webhook', 'replay']) {
      const actions = grantsOf(service).flatMap((grant) => grant.actions);
      expect(actions).not.toContain('iam:PassRole');
      expect(actions).not.toContain('dynamodb:Query');
      expect(actions.join()).not.toMatch(/ec2:|ecs:|cloudformation:|scheduler:/);
    }
    for (const grant of grantsOf('replay').filter(({ actions }) => actions[0]?.startsWith('dynamodb:'))) {
      expect(grant.condition).toEqual({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['replay#*'] } });
    }
  });

  test('of a task on the table is for work items only', () => {
    const [definition] = template.resources('ECS::TaskDefinition');
    const role = referenced(definition?.Properties.TaskRoleArn);
    const onTable = template
      .grants()
      .filter((grant) => grant.role === role && grant.actions.some((action) => action.startsWith('dynamodb:')));
    expect(onTable.map(({ actions, condition }) => ({ actions, condition }))).toEqual([
      {
        actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
        condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['work#*'] } },
      },
    ]);
  });

  test('of a task to read credentials is for exactly the named object and secret, and their key by way of their service', () => {
    const [definition] = template.resources('ECS::TaskDefinition');
    const role = referenced(definition?.Properties.TaskRoleArn);
    const onCredentials = template
      .grants()
      .filter((grant) => grant.role === role && grant.actions.some((action) => /^(s3:Get|secrets|kms)/.test(action)));
    expect(onCredentials.map(({ actions, resources, condition }) => ({ actions, resources, condition }))).toEqual([
      {
        actions: ['s3:GetObject'],
        resources: [
          { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::team-git/hourglass/git.example.com.json']] },
        ],
      },
      {
        actions: ['kms:Decrypt'],
        resources: ['arn:aws:kms:ap-northeast-1:111111111111:key/0a1b2c3d'],
        condition: {
          StringEquals: {
            'kms:ViaService': [
              { 'Fn::Join': ['', ['s3.', { Ref: 'AWS::Region' }, '.amazonaws.com']] },
              { 'Fn::Join': ['', ['s3.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] },
            ],
          },
        },
      },
      {
        actions: ['secretsmanager:GetSecretValue'],
        resources: ['arn:aws:secretsmanager:ap-northeast-1:111111111111:secret:git-AbCdEf'],
      },
    ]);
  });

  test('to speak on the bus is bound to a source', () => {
    const sources = template
      .grants()
      .filter(({ actions }) => actions.includes('events:PutEvents'))
      .map(({ condition }) => condition.StringEquals['events:source']);
    expect(sources.sort()).toEqual(
      [
        'hourglass',
        'hourglass',
        'hourglass',
        'hourglass',
        'hourglass',
        'hourglass.client',
        'hourglass.client',
        'hourglass.operator',
        'hourglass.replay',
        'hourglass.webhook',
      ].sort(),
    );
  });

  test('to speak in an internal name is denied by the bus to everybody else', () => {
    const denials = template.resources('Events::EventBusPolicy').map(({ Properties }) => Properties.Statement);
    const senders = Object.fromEntries(
      denials.map(({ Condition }) => [
        Condition.StringEquals['events:source'],
        asList(Condition.ArnNotEquals['aws:PrincipalArn']).map(referenced),
      ]),
    );
    expect(senders).toEqual({
      hourglass: ['intake', 'provisioner', 'runner', 'teardown', 'pusher'].map(roleId),
      'hourglass.replay': [roleId('replay')],
      'hourglass.webhook': [roleId('webhook')],
    });
    for (const { Effect, Action } of denials)
      expect({ Effect, Action }).toEqual({ Effect: 'Deny', Action: 'events:PutEvents' });
  });

  test("of a client is to ask, in a client's name", () => {
    const { Properties } = template.named('IAM::ManagedPolicy', 'ManagedPolicyName', `${base}-client`);
    expect(Properties.PolicyDocument.Statement).toHaveLength(1);
    expect(Properties.PolicyDocument.Statement[0]).toMatchObject({
      Action: 'events:PutEvents',
      Condition: {
        StringEquals: {
          'events:source': 'hourglass.client',
          'events:detail-type': ['MirrorRequested', 'TaskRequested'],
        },
      },
    });
  });
});

describe('the network', () => {
  const tasksOf = (one: ExampleTemplate) =>
    one.resources('EC2::SecurityGroup').find(({ Properties }) => Properties.GroupDescription.startsWith('Tasks'));
  const rangesOf = (one: ExampleTemplate) =>
    tasksOf(one)?.Properties.SecurityGroupEgress.map(({ CidrIp, FromPort }: Json) => `${CidrIp}:${FromPort}`);
  const toGit = ['192.168.0.0/16:443', '192.168.0.0/16:22'];

  test('lets a task to the VPC by HTTPS only if the VPC has endpoints of its own', () => {
    expect(rangesOf(template)).toEqual(['10.0.0.0/16:443', '10.1.0.0/16:443', ...toGit]);
    expect(rangesOf(new ExampleTemplate({ ...exampleConfig, existingEndpoints: [] }))).toEqual(toGit);
  });

  test('lets nothing into a task, and a task otherwise only to endpoints, gateways and git servers', () => {
    expect(tasksOf(template)?.Properties).not.toHaveProperty('SecurityGroupIngress');
    const others = template.resources('EC2::SecurityGroupEgress').map(({ Properties }) => Properties);
    expect(
      others.map(({ DestinationPrefixListId, FromPort, ToPort }) => [DestinationPrefixListId, FromPort, ToPort]),
    ).toEqual([
      [undefined, 443, 443],
      ['pl-61a54008', 443, 443],
      ['pl-78a54011', 443, 443],
      // The fetcher's, which knows no endpoint.
      ['pl-61a54008', 443, 443],
      ['pl-78a54011', 443, 443],
    ]);
  });

  test('admits the VPC to the endpoints, by HTTPS', () => {
    const [endpoints] = template
      .resources('EC2::SecurityGroup')
      .filter(({ Properties }) => Properties.GroupDescription.startsWith('Interface'));
    expect(
      endpoints?.Properties.SecurityGroupIngress.map(({ CidrIp, FromPort }: Json) => `${CidrIp}:${FromPort}`),
    ).toEqual(['10.0.0.0/16:443', '10.1.0.0/16:443']);
  });

  test('gets the gateway endpoints that are to be created, and no route table association', () => {
    const gateways = template.resources('EC2::VPCEndpoint').map(({ Properties }) => Properties);
    expect(gateways).toHaveLength(1);
    expect(gateways[0]).toMatchObject({ VpcEndpointType: 'Gateway', RouteTableIds: ['rtb-0123456789abcdef0'] });
    expect(template.resources('EC2::SubnetRouteTableAssociation')).toEqual([]);
  });

  test('keeps the sweep away from what stays: nothing here carries a fence', () => {
    expect(JSON.stringify(template.resources().map(({ Properties }) => Properties.Tags))).not.toContain(
      'hourglass:fence',
    );
  });

  test('lets endpoints be made and deleted with a fence only, so never the gateway endpoints', () => {
    const grants = template
      .grants()
      .filter(
        ({ actions, resources }) =>
          actions.some((action) => /ec2:(Create|Delete)VpcEndpoint/.test(action)) &&
          JSON.stringify(resources).includes('vpc-endpoint/*'),
      );
    expect(grants).toHaveLength(3);
    for (const { condition } of grants) {
      expect(Object.entries(condition.Null)).toEqual([[expect.stringMatching(/Tag\/hourglass:fence$/), 'false']]);
    }
  });
});

describe('the rest', () => {
  test('the table has a time to live, recovery, and is paid on demand', () => {
    expect(template.named('DynamoDB::Table', 'TableName', base).Properties).toMatchObject({
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      BillingMode: 'PAY_PER_REQUEST',
    });
  });

  test('a task is arm64, not root, and writes only to its scratch', () => {
    const [definition] = template.resources('ECS::TaskDefinition');
    expect(definition?.Properties).toMatchObject({
      RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
      ContainerDefinitions: [
        {
          Name: 'task',
          ReadonlyRootFilesystem: true,
          User: '1000:1000',
          StopTimeout: 30,
          MountPoints: [{ ContainerPath: '/tmp', ReadOnly: false, SourceVolume: 'scratch' }],
        },
      ],
    });
  });

  test('the webhook is throttled and its accesses are logged', () => {
    const [stage] = template.resources('ApiGatewayV2::Stage');
    expect(stage?.Properties).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 },
      AccessLogSettings: { DestinationArn: expect.anything() },
    });
    expect(template.resources('ApiGatewayV2::Route').map(({ Properties }) => Properties.RouteKey)).toEqual([
      'POST /requests',
    ]);
  });

  test('names fit AWS limits with the longest deployment name', () => {
    // Each limit is that of the service's create call.
    const limits: Record<string, [string, number]> = {
      'Lambda::Function': ['FunctionName', 64],
      'Events::Rule': ['Name', 64],
      'Events::EventBus': ['Name', 256],
      'Scheduler::ScheduleGroup': ['Name', 64],
      'SQS::Queue': ['QueueName', 80],
      'DynamoDB::Table': ['TableName', 255],
      'ECS::Cluster': ['ClusterName', 255],
      'ECS::TaskDefinition': ['Family', 255],
      'IAM::ManagedPolicy': ['ManagedPolicyName', 128],
      'Logs::LogGroup': ['LogGroupName', 512],
      'ApiGatewayV2::Api': ['Name', 128],
      'CloudWatch::Alarm': ['AlarmName', 255],
    };
    for (const [type, [key, most]] of Object.entries(limits)) {
      for (const { Properties } of template.resources(type))
        expect(Properties[key].length, `${type} ${Properties[key]}`).toBeLessThanOrEqual(most);
    }
  });

  test('what is kept goes with the stack, but a bucket, which CloudFormation deletes only if it is empty', () => {
    for (const [id, resource] of Object.entries<Json>(template.json.Resources)) {
      if (resource.Type === 'AWS::S3::Bucket') continue;
      expect(resource.DeletionPolicy ?? 'Delete', id).toBe('Delete');
    }
  });

  test('the template needs no parameter and no account', () => {
    for (const { Default } of Object.values<Json>(template.json.Parameters)) expect(Default).toBeTruthy();
    // But those in ARNs that the configuration itself names.
    expect(JSON.stringify(template.json).replaceAll('111111111111', '')).not.toMatch(/\b\d{12}\b/);
  });
});
