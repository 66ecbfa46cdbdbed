/**
 * What the policies allow beyond the calls that scenarios make, and why AWS demands it all the same. An entry that no permission needs is
 * as wrong as a permission without an entry.
 */
import type { Permission } from './permissions.ts';

export interface Sourced {
  owner: RegExp;
  action: string;
  resource: RegExp;
  why: string;
  source: string;
}

const reference = 'https://docs.aws.amazon.com';

/** Demanded by AWS from roles whose calls are made outside of what is simulated. */
export const sourced: Sourced[] = [
  ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
    owner: /(Functions|CleanUp)\w*Role/,
    action,
    resource: /:log-group:\/aws\/lambda\/hourglass-test-[a-z-]+:log-stream:\*$/,
    why: 'Lambda writes a function’s output with the function’s role',
    source: `${reference}/lambda/latest/dg/monitoring-cloudwatchlogs.html`,
  })),
  ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
    owner: /ExecutionRole/,
    action,
    resource: /^\$\{\w*TasksLogs\w*\}$/,
    why: 'the awslogs driver writes a container’s output with the execution role',
    source: `${reference}/AmazonECS/latest/developerguide/using_awslogs.html`,
  })),
  ...['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'].map((action) => ({
    owner: /ExecutionRole/,
    action,
    resource: /:repository\//,
    why: 'Fargate pulls the image with the execution role',
    source: `${reference}/AmazonECR/latest/userguide/ECR_on_ECS.html`,
  })),
  {
    owner: /ExecutionRole/,
    action: 'ecr:GetAuthorizationToken',
    resource: /^\*$/,
    why: 'Fargate signs in to ECR with the execution role; the action knows no resource',
    source: `${reference}/AmazonECR/latest/userguide/ECR_on_ECS.html`,
  },
  ...['codecommit:GitPull', 'codecommit:GitPush'].map((action) => ({
    owner: /TaskRole/,
    action,
    resource: /^arn:\$\{AWS::Partition\}:codecommit:/,
    why: 'git itself speaks to CodeCommit, with a signature by the task’s role',
    source: `${reference}/codecommit/latest/userguide/auth-and-access-control-permissions-reference.html`,
  })),
];

/** Where a name cannot be known when the policy is written, and only there, a resource may hold a `*`. */
export const wildcards: { action: RegExp; resource: RegExp; why: string; source: string }[] = [
  {
    action: /^ec2:DescribeVpcEndpoints$/,
    resource: /^\*$/,
    why: 'the action knows no resource',
    source: `${reference}/service-authorization/latest/reference/list_amazonec2.html`,
  },
  {
    action: /^ecr:GetAuthorizationToken$/,
    resource: /^\*$/,
    why: 'the action knows no resource',
    source: `${reference}/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html`,
  },
  {
    action: /^cloudformation:((Create|Describe|Delete)Stacks?|DescribeStackEvents|TagResource)$/,
    resource: /:stack\/[^*]+-endpoints\/\*$/,
    why: 'a stack’s ARN ends in an id of its creation',
    source: `${reference}/service-authorization/latest/reference/list_awscloudformation.html`,
  },
  {
    action: /^scheduler:(Create|Delete)Schedule$/,
    resource: /:schedule\/[^*]+\/\*$/,
    why: 'each schedule has a new name, in the deployment’s own group',
    source: `${reference}/service-authorization/latest/reference/list_amazoneventbridgescheduler.html`,
  },
  {
    action: /^ecs:(DescribeTasks|StopTask|TagResource)$/,
    resource: /:task\/[^*]+\/\*$/,
    why: 'ECS makes a task’s id, in the deployment’s own cluster',
    source: `${reference}/service-authorization/latest/reference/list_amazonelasticcontainerservice.html`,
  },
  {
    action: /^ecs:ListTasks$/,
    resource: /^\*$/,
    why: 'without container instances it knows no resource; the condition names the cluster',
    source: `${reference}/service-authorization/latest/reference/list_amazonelasticcontainerservice.html`,
  },
  {
    action: /^ecs:RunTask$/,
    resource: /:task-definition\/[^*]+:\*$/,
    why: 'a claim keeps the revision that it was made with, which a redeployment must not forbid',
    source: `${reference}/service-authorization/latest/reference/list_amazonelasticcontainerservice.html`,
  },
  {
    action: /^ec2:(CreateVpcEndpoint|CreateTags|DeleteVpcEndpoints)$/,
    resource: /:vpc-endpoint\/\*$/,
    why: 'EC2 makes an endpoint’s id; the statement’s condition names the lease or the creating call',
    source: `${reference}/vpc/latest/privatelink/security_iam_id-based-policy-examples.html`,
  },
  {
    action: /^route53:AssociateVPCWithHostedZone$/,
    resource: /^arn:\$\{AWS::Partition\}:route53:::hostedzone\/\*$/,
    why: 'the zone of private DNS is AWS’s own',
    source: `${reference}/service-authorization/latest/reference/list_amazonroute53.html`,
  },
  {
    action: /^codecommit:(Git(Pull|Push)|(Get|Create)Repository|TagResource|UpdateDefaultBranch)$/,
    resource: /:\*$/,
    why: 'requests name the repository',
    source: `${reference}/codecommit/latest/userguide/auth-and-access-control-permissions-reference.html`,
  },
  {
    action: /^logs:/,
    resource: /:log-stream:\*$/,
    why: 'a log stream is named when it is made',
    source: `${reference}/service-authorization/latest/reference/list_amazoncloudwatchlogs.html`,
  },
];

/** What AWS demands on the way of another call: the simulated AWS demands it too, so that a policy without it fails here. */
export const demandedOnTheWay: Record<string, string> = {
  'iam:PassRole': `${reference}/IAM/latest/UserGuide/id_roles_use_passrole.html`,
  'ec2:CreateTags': `${reference}/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html`,
  'ec2:DescribeVpcEndpoints': `${reference}/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html`,
  'route53:AssociateVPCWithHostedZone': `${reference}/vpc/latest/privatelink/create-interface-endpoint.html`,
  'cloudformation:TagResource': `${reference}/AWSCloudFormation/latest/UserGuide/security_iam_id-based-policy-examples.html`,
  'codecommit:TagResource': `${reference}/codecommit/latest/userguide/how-to-tag-repository-add.html`,
  'ecs:TagResource': `${reference}/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html`,
  'sqs:ReceiveMessage': `${reference}/lambda/latest/dg/services-sqs-configure.html`,
  'sqs:DeleteMessage': `${reference}/lambda/latest/dg/services-sqs-configure.html`,
  'sqs:GetQueueAttributes': `${reference}/lambda/latest/dg/services-sqs-configure.html`,
  'sqs:SendMessage': `${reference}/lambda/latest/dg/invocation-async-retain-records.html`,
};

export const isSourced =
  ({ owner, action, resource }: Permission) =>
  (entry: Sourced) =>
    entry.owner.test(owner) && entry.action === action && entry.resource.test(resource);
