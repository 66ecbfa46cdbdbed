/** As much of a deployment as its operator reads: the table with its index, the queues, and its description. */
const REGION = 'ap-northeast-1';
const QUEUES = ['intake', 'intakeDead', 'replay', 'failedMirrors', 'undelivered', 'unhandled'] as const;
const url = (name: string) => `https://sqs.${REGION}.amazonaws.com/123456789012/${name}`;

export const describedDeployment = {
  version: 1,
  release: '0.1.0',
  deployment: 'main',
  bus: 'hourglass-main',
  table: 'hourglass-main',
  cluster: 'hourglass-main',
  queueUrls: Object.fromEntries(QUEUES.map((name) => [name, url(name)])) as Record<(typeof QUEUES)[number], string>,
  taskLogs: '/hourglass/main/tasks',
  taskLogStreamPrefix: 'task/task/',
  functionLogsPrefix: '/aws/lambda/hourglass-main-',
  alarmPrefix: 'hourglass-main-',
  endpointsStack: 'hourglass-main-endpoints',
  endpointServices: ['ecr.api', 'ecr.dkr', 'git-codecommit', 'logs'],
  endpointZones: 1,
  settings: {
    billing: 'unknown',
    teardownLeadSeconds: 420,
    createSeconds: 180,
    maxParallelTasks: 10,
    maxRepositoriesPerTask: 20,
    taskTimeLimitSeconds: 3_600,
    maxAttempts: 3,
    retryWithinSeconds: 21_600,
    maxCreateFailures: 5,
  },
  maxDelaySeconds: 600,
  destinationPrefix: `codecommit::${REGION}://`,
  commands: [],
  repositories: null,
};

const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });

export const resources = {
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: describedDeployment.table,
      AttributeDefinitions: ['pk', 'sk', 'timeline', 'at'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-time',
          KeySchema: [key('timeline', 'HASH'), key('at', 'RANGE')],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    },
  },
  ...Object.fromEntries(QUEUES.map((name) => [name, { Type: 'AWS::SQS::Queue', Properties: { QueueName: name } }])),
  Description: {
    Type: 'AWS::SSM::Parameter',
    Properties: {
      Type: 'String',
      Name: '/hourglass/main/deployment/description',
      Value: JSON.stringify(describedDeployment),
    },
  },
};
