/** Which permission belongs to whom, from the control plane's template: `infra/permissions.md`. */
import { markdownTable } from 'markdown-table';
import { asList, type Json, type Template } from '../template.ts';

/** What `hourglass deploy` asks of the account before it creates anything, with the deployer's own permissions. */
export const preflightActions = [
  'ec2:DescribeDhcpOptions',
  'ec2:DescribeManagedPrefixLists',
  'ec2:DescribeRouteTables',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcAttribute',
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeVpcEndpointServices',
  'ec2:DescribeVpcs',
  'sts:GetCallerIdentity',
  'route53:ListHostedZonesByVPC',
  'ec2:DescribeNetworkInterfaces',
  's3:GetBucketPolicy',
  's3:GetObject',
  'secretsmanager:DescribeSecret',
  'secretsmanager:GetResourcePolicy',
  'codecommit:GetRepository',
  'kms:DescribeKey',
  'kms:GetKeyPolicy',
  'servicequotas:GetServiceQuota',
  'servicequotas:GetAWSDefaultServiceQuota',
];

/** The whole document, as Markdown. */
export function renderPermissions(template: Template): string {
  const holders = [...template.resources('IAM::Role'), ...template.resources('IAM::ManagedPolicy')]
    .map(({ id, Properties }) => ({ id, name: nameHolder(template, id, Properties) }))
    .sort((a, b) => a.name.localeCompare(b.name));
  const grants = template.grants();
  const rows = holders.flatMap(({ id, name }) =>
    grants
      .filter(({ role }) => role === id)
      .map(({ actions, resources, condition }, index) => [
        index === 0 ? name : '',
        actions.map(code).join('<br>'),
        resources.map((resource) => code(renderValue(template, resource))).join('<br>'),
        renderCondition(template, condition),
      ]),
  );
  const types = [...new Set(template.resources().map(({ Type }) => Type))].filter((type) => type.startsWith('AWS::'));
  return `# Which permission belongs to whom

Written by \`npx -y pnpm@12 documents\` from the template of the example configuration; a test keeps it true.
\`<…>\` is what CloudFormation fills in. All policies are inline but the client's and the operators', which are there to be attached.

${markdownTable([['who', 'may', 'on', 'only if'], ...rows])}

## The deployer

Deploys with the CDK's bootstrap roles, so it needs little itself:

${markdownTable([
  ['who', 'may', 'on'],
  [
    'the deployer',
    code('sts:AssumeRole'),
    "the bootstrap's roles `cdk-hnb659fds-{deploy,file-publishing,image-publishing,lookup}-role-<account>-<region>`",
  ],
  [
    '',
    preflightActions.map(code).join('<br>'),
    '`*`: the preflight of `hourglass deploy`; what is not allowed from `sts:GetCallerIdentity` on is not checked, and the output says so',
  ],
  [
    "CloudFormation, by the bootstrap's execution role",
    `create, update and delete ${types.sort().map(code).join(', ')}; ${code('lambda:InvokeFunction')}; ${parameterActions(template).map(code).join(', ')}`,
    'what the template names; the function that removes the endpoints stack before all else goes; the VPC and the subnets, for the rules of the template',
  ],
])}
`;
}

/**
 * How parameters of AWS's own types are looked up, by the service role where there is one and else by the deployer:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
 */
function parameterActions(template: Template): string[] {
  const types = Object.values<Json>(template.json.Parameters).map(({ Type }) => Type as string);
  const known = { 'AWS::EC2::VPC::Id': 'ec2:DescribeVpcs', 'AWS::EC2::Subnet::Id': 'ec2:DescribeSubnets' };
  return Object.entries(known).flatMap(([type, action]) => (types.some((one) => one.includes(type)) ? [action] : []));
}

function nameHolder(template: Template, id: string, { Description = '' }: Json): string {
  const service = template
    .resources('Lambda::Function')
    .find(({ Properties }) => Properties.Role?.['Fn::GetAtt']?.[0] === id);
  if (service !== undefined) return `Lambda ${service.Properties.FunctionName.replace(/^hourglass-[^-]+-/, '')}`;
  if (/^What a task of/.test(Description)) return 'task role';
  if (/^What Fargate does/.test(Description)) return 'execution role (Fargate)';
  if (/^What CloudFormation may do/.test(Description)) return 'service role of the endpoints stack (CloudFormation)';
  if (/^What the schedules/.test(Description)) return 'scheduler role';
  if (/^Posts outcomes/.test(Description)) return 'rule to the outside (EventBridge)';
  if (/^Lets a client/.test(Description)) return 'client policy';
  if (/^Lets an operator look/.test(Description)) return 'operator policy, reading alone';
  if (/^Lets an operator act/.test(Description)) return 'operator policy';
  throw new Error(`${id}: this role has no name for the table`);
}

function renderCondition(template: Template, condition: Json): string {
  return Object.entries<Json>(condition ?? {})
    .flatMap(([operator, keys]) =>
      Object.entries<Json>(keys).map(([key, values]) =>
        operator === 'Null'
          ? `${code(key)} is there`
          : `${code(key)} ${operator.includes('Like') ? 'like' : '='} ${asList(values)
              .map((value) => code(renderValue(template, value)))
              .join(' or ')}`,
      ),
    )
    .join('<br>');
}

/** ARNs as they will be, by the names of what they point at. */
function renderValue(template: Template, value: Json): string {
  if (typeof value === 'string') return value;
  if (value['Fn::Join']) return value['Fn::Join'][1].map((part: Json) => renderValue(template, part)).join('');
  if (value['Fn::Sub']) return renderValue(template, { 'Fn::Join': ['', splitSub(value['Fn::Sub'])] });
  const [id, attribute] = value['Fn::GetAtt'] ?? [value.Ref, ''];
  if (id === 'AWS::Partition') return 'aws';
  if (id.startsWith('AWS::')) return `<${id.slice(5).replace('AccountId', 'account').toLowerCase()}>`;
  const { Type, Properties } = template.json.Resources[id];
  const named = ['TableName', 'QueueName', 'FunctionName', 'LogGroupName', 'Name', 'ClusterName']
    .map((key) => Properties[key])
    .find((name) => typeof name === 'string');
  const kind = Type.split('::').at(-1);
  return `<${kind} ${named ?? nameOf(template, id, Properties, Type)}${attribute === 'Arn' ? '' : `.${attribute}`}>`;
}

/** `${Name}` in a text, as the references they are. */
function splitSub(text: string): Json[] {
  return text.split(/\$\{([^}]+)\}/).map((part, index) => (index % 2 === 0 ? part : { Ref: part }));
}

function nameOf(template: Template, id: string, properties: Json, type: string): string {
  if (type === 'AWS::IAM::Role') return nameHolder(template, id, properties);
  return properties.GroupDescription ?? id;
}

const code = (text: string) => `\`${text}\``;
