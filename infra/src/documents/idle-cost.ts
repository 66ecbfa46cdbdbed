/**
 * What the control plane costs in a month in which nothing happens, item by item from its template: `infra/idle-cost.md`. Every
 * type of resource is either priced here or named as free while idle; a type that is neither stops the document.
 */
import { markdownTable } from 'markdown-table';
import type { Template } from '../template.ts';

const hoursPerMonth = 730;

/**
 * Prices in USD. The free tiers of SQS and DynamoDB are not taken off, since an account may have used them; the ten alarms that
 * CloudWatch gives each account are.
 */
const prices = {
  readAt: '2026-03',
  sqsPerMillionRequests: 0.4,
  ecrPerGiBMonth: 0.1,
  alarmPerMonth: 0.1,
  freeAlarms: 10,
  dashboardPerMonth: 3,
  metricPerMonth: 0.3,
};

/**
 * Lambda reads an idle queue with five pollers, each waiting as long as SQS lets it, 20 seconds:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
const pollers = { count: 5, waitSeconds: 20 };

/** The task image, compressed in ECR, in the size that the Dockerfile's parts suggest; an own image may be another. */
const imageGiB = 0.3;

/** Types that cost nothing while nothing happens, each with what it does cost by. */
const freeWhileIdle: Record<string, string> = {
  'AWS::ApiGatewayV2::Api': 'by the request',
  'AWS::ApiGatewayV2::Integration': 'part of the API',
  'AWS::ApiGatewayV2::Route': 'part of the API',
  'AWS::ApiGatewayV2::Stage': 'part of the API',
  'AWS::DynamoDB::Table': 'on demand, by the request; stored and recoverable bytes are below a MiB',
  'AWS::EC2::SecurityGroup': 'free',
  'AWS::EC2::SecurityGroupEgress': 'free',
  'AWS::EC2::VPCEndpoint': 'gateways are free',
  'AWS::ECS::Cluster': 'free without Container Insights',
  'AWS::EventSchemas::Registry': 'only where `schemas` is true; free',
  'AWS::EventSchemas::Schema': 'likewise; free (its discovery, which is paid by the event, is not switched on)',
  'AWS::Events::ApiDestination': 'by the call',
  'AWS::Events::EventBus': 'by the event',
  'AWS::Events::EventBusPolicy': 'free',
  'AWS::Events::Rule': 'free',
  'AWS::IAM::ManagedPolicy': 'free',
  'AWS::IAM::Policy': 'free',
  'AWS::IAM::Role': 'free',
  'AWS::Lambda::EventInvokeConfig': 'free',
  'AWS::Lambda::Function': 'by the invocation',
  'AWS::Lambda::Permission': 'free',
  'AWS::Logs::LogGroup': 'by the byte written, kept for the days configured',
  'AWS::CloudWatch::Dashboard': `only where \`dashboard\` is true; an account has three free, each further one is ${prices.dashboardPerMonth} USD a month`,
  'AWS::Logs::MetricFilter': 'a custom metric, in hours with such a line only',
  'AWS::Logs::QueryDefinition': 'free; a query is paid by the byte that it reads',
  'AWS::SSM::Parameter': 'standard parameters are free',
  'AWS::SNS::Subscription': 'by the e-mail, 1,000 a month are free',
  'AWS::SNS::Topic': 'by the message',
  'AWS::SNS::TopicPolicy': 'free',
  'AWS::SQS::Queue': 'by the request; SSE-SQS costs nothing',
  'AWS::SQS::QueuePolicy': 'free',
  'AWS::Scheduler::Schedule': 'by the firing, 14 million a month are free',
  'AWS::Scheduler::ScheduleGroup': 'by the invocation',
  'Custom::HourglassCleanUp': 'free',
};

/** One line of the bill. */
export interface CostItem {
  readonly what: string;
  readonly how: string;
  readonly usd: number;
}

/** The items that cost something, or would without CloudWatch's free alarms. */
export function itemizeIdleCost(template: Template): CostItem[] {
  const count = (type: string) => template.resources(type).length;
  const sources = count('Lambda::EventSourceMapping');
  const requests = (sources * pollers.count * hoursPerMonth * 3_600) / pollers.waitSeconds;
  const alarms = count('CloudWatch::Alarm');
  return [
    {
      what: `Lambda polling ${sources} idle queues`,
      how: `${sources} × ${pollers.count} pollers, one request each ${pollers.waitSeconds} s = ${Math.round(requests).toLocaleString('en')} requests at ${prices.sqsPerMillionRequests} per million (https://aws.amazon.com/sqs/pricing/)`,
      usd: (requests / 1e6) * prices.sqsPerMillionRequests,
    },
    {
      what: 'the task image in ECR',
      how: `${imageGiB} GiB at ${prices.ecrPerGiBMonth} per GiB (https://aws.amazon.com/ecr/pricing/)`,
      usd: count('ECS::TaskDefinition') * imageGiB * prices.ecrPerGiBMonth,
    },
    {
      what: `${alarms} alarms`,
      how: `${prices.freeAlarms} of an account are free, each further one is ${prices.alarmPerMonth} (https://aws.amazon.com/cloudwatch/pricing/)`,
      usd: Math.max(0, alarms - prices.freeAlarms) * prices.alarmPerMonth,
    },
  ];
}

/** The whole document, as Markdown. Throws for a type of resource whose cost nobody has thought of. */
export function renderIdleCost(template: Template): string {
  const items = itemizeIdleCost(template);
  const priced = ['AWS::Lambda::EventSourceMapping', 'AWS::ECS::TaskDefinition', 'AWS::CloudWatch::Alarm'];
  const types = [...new Set(template.resources().map(({ Type }) => Type))].filter((type) => !priced.includes(type));
  const unknown = types.filter((type) => freeWhileIdle[type] === undefined);
  if (unknown.length > 0) throw new Error(`nobody has said what these cost while idle: ${unknown.join(', ')}`);
  const total = items.reduce((sum, { usd }) => sum + usd, 0);
  const bill = [
    ...items.map(({ what, how, usd }) => [what, how, usd.toFixed(2)]),
    ['**total**', '', `**${total.toFixed(2)}**`],
  ];
  const number = (type: string) => String(template.resources().filter(({ Type }) => Type === type).length);
  const rest = types.sort().map((type) => [`\`${type}\``, number(type), freeWhileIdle[type] ?? '']);
  return `# What the control plane costs while idle

Written by \`npx -y pnpm@12 documents\` from the template of the example configuration; a test keeps it true.
USD for a month of ${hoursPerMonth} hours, prices as of ${prices.readAt}. The free million requests of SQS are not taken off.

${markdownTable([['what', 'how', 'USD a month'], ...bill])}

With \`metrics\` each of the deployment's own metrics is ${prices.metricPerMonth} USD a month, by the hour in which it has data: nothing while idle.

Nothing else costs anything until it is used:

${markdownTable([['type', 'number', 'costs'], ...rest])}

Where GuardDuty's Runtime Monitoring watches Fargate, AWS keeps an interface endpoint of its own in the VPC (\`guardduty-data\`), always. It is not
billed to the account as an endpoint; its monitoring is, by the vCPU-hour of the tasks (https://aws.amazon.com/guardduty/pricing/). No lease creates or deletes it.
`;
}
