/** The webhook's door: an HTTP API with one route, throttled, every access logged. The function checks the key. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
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
import type { Names } from './names.ts';

/** `POST /requests` on an HTTP API of its own. */
export class WebhookApi extends Construct {
  /** Where clients post their requests. */
  readonly url: string;

  constructor(scope: Construct, id: string, names: Names, config: HourglassConfig, webhook: LambdaFunction) {
    super(scope, id);
    const api = new HttpApi(this, 'Api', { apiName: names.api, createDefaultStage: false });
    api.addRoutes({
      path: '/requests',
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('Webhook', webhook, {
        payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
      }),
    });
    const logGroup = new LogGroup(this, 'AccessLogs', {
      logGroupName: names.accessLogs,
      retention: config.logRetentionDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: config.webhook.requestsPerSecond, burstLimit: config.webhook.burst },
      accessLogSettings: { destination: new LogGroupLogDestination(logGroup), format: accessLine },
    });
    this.url = `${api.apiEndpoint}/requests`;
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
