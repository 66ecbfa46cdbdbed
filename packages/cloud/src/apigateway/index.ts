/**
 * API Gateway's HTTP APIs: routes to functions, payload format 2.0.
 * They answer under `/_api/<api id>/<path>`, without a signature, as the real ones do.
 * Source: API Gateway developer guide, "Create AWS Lambda proxy integrations for HTTP APIs".
 */

import type { CloudCore, CloudPart } from '../core.ts';
import { AwsError, DeployError } from '../errors.ts';
import { type Principal, RawResponse } from '../service.ts';
import type { WireRequest, WireResponse } from '../wire/message.ts';
import { toEvent, toResponse } from './payload.ts';

interface HttpApi {
  readonly id: string;
  readonly name: string;
  readonly integrations: Map<string, string>;
  readonly routes: { readonly key: string; readonly functionArn: string }[];
  hasStage: boolean;
}

export interface HttpApiPart extends CloudPart {
  /** Answers a request under `/_api/`. */
  answer(request: WireRequest): Promise<WireResponse>;
  /** `/_api/<id>` for each API, by its name. */
  basePaths(): Readonly<Record<string, string>>;
}

const prefix = '/_api/';
const maxPayloadBytes = 6 * 1024 * 1024;

export function createHttpApiPart(core: CloudCore): HttpApiPart {
  const apis = new Map<string, HttpApi>();

  const apiOf = (id: string, logicalId: string): HttpApi => {
    const api = apis.get(id);
    if (api === undefined) {
      throw new DeployError(`${logicalId}: there is no HTTP API ${id}`);
    }
    return api;
  };

  return {
    answer: (request) => answer(core, apis, request),
    basePaths: () => Object.fromEntries([...apis.values()].map((api) => [api.name, `${prefix}${api.id}`])),
    resourceTypes: {
      'AWS::ApiGatewayV2::Api': {
        create(properties, context) {
          if (properties.ProtocolType !== 'HTTP' || properties.Body !== undefined) {
            throw new DeployError(`${context.logicalId}: only HTTP APIs built of routes are simulated`);
          }
          const id = core.newHex(10);
          apis.set(id, { id, name: properties.Name, integrations: new Map(), routes: [], hasStage: false });
          return {
            ref: id,
            attributes: { ApiId: id, ApiEndpoint: `https://${id}.execute-api.${core.region}.amazonaws.com` },
          };
        },
      },
      'AWS::ApiGatewayV2::Integration': {
        create(properties, context) {
          if (properties.IntegrationType !== 'AWS_PROXY' || properties.PayloadFormatVersion !== '2.0') {
            throw new DeployError(`${context.logicalId}: only Lambda proxies with payload 2.0 are simulated`);
          }
          const id = core.newHex(7);
          apiOf(properties.ApiId, context.logicalId).integrations.set(id, functionArnOf(properties.IntegrationUri));
          return { ref: id, attributes: { IntegrationId: id } };
        },
      },
      'AWS::ApiGatewayV2::Route': {
        create(properties, context) {
          const api = apiOf(properties.ApiId, context.logicalId);
          const functionArn = api.integrations.get(String(properties.Target).replace('integrations/', ''));
          if (functionArn === undefined) {
            throw new DeployError(`${context.logicalId}: the route's target ${properties.Target} is no integration`);
          }
          if ((properties.AuthorizationType ?? 'NONE') !== 'NONE') {
            throw new DeployError(`${context.logicalId}: authorizers of HTTP APIs are not simulated`);
          }
          api.routes.push({ key: properties.RouteKey, functionArn });
          return { ref: core.newHex(7), attributes: { RouteId: context.logicalId } };
        },
      },
      'AWS::ApiGatewayV2::Stage': {
        create(properties, context) {
          if (properties.StageName !== '$default') {
            throw new DeployError(`${context.logicalId}: only the stage $default is simulated`);
          }
          apiOf(properties.ApiId, context.logicalId).hasStage = true;
          return { ref: properties.StageName, attributes: {} };
        },
      },
    },
  };
}

/** Both spellings: the function's ARN, or API Gateway's invocation URI around it. */
function functionArnOf(uri: string): string {
  return /functions\/(arn:[^/]+)\/invocations/.exec(uri)?.[1] ?? uri;
}

async function answer(
  core: CloudCore,
  apis: ReadonlyMap<string, HttpApi>,
  request: WireRequest,
): Promise<WireResponse> {
  const [id = '', ...rest] = request.path.slice(prefix.length).split('/');
  const api = apis.get(id);
  const path = `/${rest.join('/')}`;
  const found = api?.hasStage === true ? findRoute(api, request.method, path) : undefined;
  if (found === undefined) {
    return message(404, 'Not Found');
  }
  const { route, parameters } = found;
  // HTTP APIs give ids such as `JKJaXmPLvHcESHA=`.
  const requestId = `${Buffer.from(core.newHex(22), 'hex').toString('base64url')}=`;
  const service = 'apigateway.amazonaws.com';
  const sourceArn = core.arn(
    'execute-api',
    `${id}/$default/${route.key === '$default' ? '$default' : route.key.replace(' ', '')}`,
  );
  const principal: Principal = { kind: 'service', arn: service, service, sourceArn };
  const payload = JSON.stringify(toEvent(core, id, route.key, path, request, requestId, parameters));
  // Lambda takes no more, base64 included: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  if (Buffer.byteLength(payload) > maxPayloadBytes) return message(413, 'Request Entity Too Large');
  try {
    const invoked = await core.call(
      'lambda',
      'Invoke',
      {
        FunctionName: route.functionArn,
        Payload: payload,
      },
      principal,
    );
    return invoked instanceof RawResponse && invoked.headers['x-amz-function-error'] === undefined
      ? toResponse(String(invoked.body))
      : message(500, 'Internal Server Error');
  } catch (error) {
    if (error instanceof AwsError) {
      return error.httpStatus === 429 ? message(429, 'Too Many Requests') : message(500, 'Internal Server Error');
    }
    throw error;
  }
}

/**
 * The route that fits most exactly: a fixed part before `{name}`, that before `{name+}`, the method before ANY, `$default` last.
 * Source: API Gateway developer guide, "Create routes for HTTP APIs".
 */
function findRoute(api: HttpApi, method: string, path: string): Matched | undefined {
  const fitting = api.routes
    .flatMap((route) => {
      const [verb = '', pattern = ''] = route.key.split(' ');
      const parameters = verb === method || verb === 'ANY' ? matchPath(pattern, path) : undefined;
      const rank = pattern.replaceAll(/\{[^}]*\+\}/g, '\uffff').replaceAll(/\{[^}]*\}/g, '\ufffe');
      return parameters === undefined ? [] : [{ route, parameters, rank: `${rank} ${verb === 'ANY' ? 1 : 0}` }];
    })
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const otherwise = api.routes.find((route) => route.key === '$default');
  return fitting[0] ?? (otherwise && { route: otherwise, parameters: {} });
}

interface Matched {
  readonly route: HttpApi['routes'][number];
  readonly parameters: Readonly<Record<string, string>>;
}

/** The path's parameters, decoded, if it fits. */
function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const [, name, greedy] = /^\{(.+?)(\+)?\}$/.exec(part) ?? [];
    const value = greedy === undefined ? given[index] : given.slice(index).join('/');
    if (value === undefined || (name === undefined ? value !== part : value === '')) return undefined;
    if (name !== undefined) parameters[name] = decode(value);
    if (greedy !== undefined) return parameters;
  }
  return wanted.length === given.length ? parameters : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function message(status: number, text: string): WireResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message: text }) };
}
