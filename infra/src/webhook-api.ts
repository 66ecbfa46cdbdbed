/**
 * The webhook's door: an HTTP API with a route for clients and one for git servers, each where somebody may use it; throttled, every access logged.
 * The function checks keys and signatures. The log has a route's pattern, not its path, which may hold a token.
 */
import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnStage,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { HourglassConfig } from './config.ts';
import { webhookDoors } from './config-rules.ts';
import type { Names } from './names.ts';

/**
 * What each of the hooks' routes takes, unless `webhook` gives more. A git server sends what its users push, in bursts (a push to many
 * repositories, a server that comes back), and GitHub and Gitea never send again what got 429. A client of `/requests` waits and tries again.
 * The rate is the one that `bench:hooks` sends. What is refused for its signature costs one invocation and opens nothing.
 */
const hooksThrottle = { rateLimit: 200, burstLimit: 400 };

/** `POST /requests` and `POST /hooks/{source}` on an HTTP API of its own. */
export class WebhookApi extends Construct {
  /** Where clients post their requests, if any may. */
  readonly url: string | undefined;
  /** What stands before a source's name in the address for its git server, if there is a source. */
  readonly hooksUrl: string | undefined;

  constructor(scope: Construct, id: string, names: Names, config: HourglassConfig, webhook: LambdaFunction) {
    super(scope, id);
    const api = new HttpApi(this, 'Api', { apiName: names.api, createDefaultStage: false });
    const integration = new HttpLambdaIntegration('Webhook', webhook, {
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
    });
    const doors = webhookDoors(config);
    const addRoutes = (paths: string[]) =>
      paths.flatMap((path) => api.addRoutes({ path, methods: [HttpMethod.POST], integration }));
    if (doors.requests) addRoutes(['/requests']);
    // The second is for servers that can give their secret in the address only.
    const hooks = doors.hooks ? addRoutes(['/hooks/{source}', '/hooks/{source}/{token}']) : [];
    const logGroup = new LogGroup(this, 'AccessLogs', {
      logGroupName: names.accessLogs,
      retention: config.logRetentionDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const { requestsPerSecond, burst } = config.webhook;
    const stage = new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: requestsPerSecond, burstLimit: burst },
      accessLogSettings: { destination: new LogGroupLogDestination(logGroup), format: accessLine },
    });
    if (hooks.length > 0) {
      // The stage refuses settings of a route that is not there yet. CloudFormation takes them as they stand, so their names are its own.
      stage.node.addDependency(...hooks);
      (stage.node.defaultChild as CfnStage).routeSettings = Object.fromEntries(
        ['/hooks/{source}', '/hooks/{source}/{token}'].map((path) => [
          `POST ${path}`,
          {
            ThrottlingRateLimit: Math.max(requestsPerSecond, hooksThrottle.rateLimit),
            ThrottlingBurstLimit: Math.max(burst, hooksThrottle.burstLimit),
          },
        ]),
      );
    }
    this.url = doors.requests ? `${api.apiEndpoint}/requests` : undefined;
    this.hooksUrl = doors.hooks ? `${api.apiEndpoint}/hooks/` : undefined;
  }
}

const accessLine = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    ip: '$context.identity.sourceIp',
    userAgent: '$context.identity.userAgent',
    route: '$context.routeKey',
    status: '$context.status',
    bytes: '$context.responseLength',
    error: '$context.error.message',
    integrationError: '$context.integrationErrorMessage',
  }),
);
