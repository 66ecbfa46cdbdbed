/**
 * API destinations: a rule's target that is an HTTPS address of anybody's, called with a connection's credentials. An answer within five seconds
 * counts; 401, 407, 409, 429 and 5xx are tried again, as is no answer; any other is final.
 * Source: EventBridge user guide, "API destinations as targets" and "Connections for API destinations".
 */
import type { CloudCore, ResourceType } from '../core.ts';
import { AwsError, DeployError } from '../errors.ts';
import type { WireRequest, WireResponse } from '../wire/message.ts';

const retried = new Set([401, 407, 409, 429]);
const userAgent = 'Amazon/EventBridge/ApiDestinations';

type Authorization =
  | { readonly kind: 'API_KEY'; readonly name: string; readonly value: string }
  | { readonly kind: 'BASIC'; readonly value: string }
  | {
      readonly kind: 'OAUTH_CLIENT_CREDENTIALS';
      readonly endpoint: string;
      readonly method: string;
      readonly form: Readonly<Record<string, string>>;
      /** The bearer token at hand, until its end. */
      token?: { readonly value: string; readonly untilMs: number };
    };

interface Destination {
  readonly endpoint: string;
  readonly method: string;
  readonly authorization: Authorization;
}

/** Answers a request to an HTTP API of this world. */
export type AnswerHttp = (request: WireRequest) => Promise<WireResponse>;

/** What an address outside answers; `nothing` within EventBridge's five seconds. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface OutsideRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Stands for all that is at addresses outside of this world. */
export type AnswerOutside = (request: OutsideRequest) => Promise<Answer | 'nothing'>;

export class ApiDestinations {
  readonly #core: CloudCore;
  readonly #answer: AnswerHttp;
  readonly #connections = new Map<string, Authorization>();
  readonly #destinations = new Map<string, Destination>();

  answerOutside: AnswerOutside | undefined;

  constructor(core: CloudCore, answer: AnswerHttp) {
    this.#core = core;
    this.#answer = answer;
  }

  /** Puts a connection in that no template has made. */
  addConnection(arn: string, parameters: Readonly<Record<string, unknown>>): void {
    this.#connections.set(arn, readAuthorization(parameters));
  }

  get resourceTypes(): Readonly<Record<string, ResourceType>> {
    return {
      'AWS::Events::Connection': {
        create: (properties, context) => {
          const name: string = properties.Name ?? context.generatedName();
          const arn = this.#core.arn('events', `connection/${name}/${this.#core.newUuid()}`);
          this.addConnection(arn, properties.AuthParameters);
          return { ref: name, attributes: { Arn: arn, SecretArn: this.#core.arn('secretsmanager', `secret:${name}`) } };
        },
      },
      'AWS::Events::ApiDestination': {
        create: (properties, context) => {
          const authorization = this.#connections.get(properties.ConnectionArn);
          if (authorization === undefined) {
            throw new DeployError(`${context.logicalId}: there is no connection ${properties.ConnectionArn}`);
          }
          const name: string = properties.Name ?? context.generatedName();
          const arn = this.#core.arn('events', `api-destination/${name}/${this.#core.newUuid()}`);
          const { InvocationEndpoint: endpoint, HttpMethod: method } = properties;
          this.#destinations.set(arn, { endpoint, method, authorization });
          return { ref: name, attributes: { Arn: arn, ArnForPolicy: arn.replace(/\/[^/]*$/, '') } };
        },
      },
    };
  }

  /** Calls the address once. Throws AwsError: with 503 for what is tried again. */
  async invoke(arn: string, body: string): Promise<void> {
    const destination = this.#destinations.get(arn);
    if (destination === undefined) throw new AwsError('ResourceNotFoundException', `There is no ${arn}`);
    const { endpoint, method, authorization } = destination;
    const headers = await this.#authorize(authorization);
    const { status, text } = await this.#call(
      endpoint,
      method,
      { ...headers, 'content-type': 'application/json' },
      body,
    );
    if (status >= 200 && status < 300) return;
    if (status === 401 && authorization.kind === 'OAUTH_CLIENT_CREDENTIALS') delete authorization.token;
    const again = status >= 500 || retried.has(status);
    throw new AwsError('SDK_CLIENT_ERROR', `${endpoint} answered ${status}: ${text.slice(0, 200)}`, {
      httpStatus: again ? 503 : 400,
    });
  }

  async #authorize(authorization: Authorization): Promise<Record<string, string>> {
    if (authorization.kind === 'API_KEY') return { [authorization.name]: authorization.value };
    if (authorization.kind === 'BASIC') return { authorization: authorization.value };
    const nowMs = this.#core.clock.nowMs();
    if (authorization.token === undefined || authorization.token.untilMs <= nowMs) {
      const { endpoint, method, form } = authorization;
      const { status, text } = await this.#call(
        endpoint,
        method,
        { 'content-type': 'application/x-www-form-urlencoded' },
        new URLSearchParams(form).toString(),
      );
      if (status !== 200) {
        throw new AwsError('SDK_CLIENT_ERROR', `${endpoint} gave no token: ${status}`, { httpStatus: 503 });
      }
      const { access_token: value, expires_in: seconds = 60 } = JSON.parse(text);
      authorization.token = { value, untilMs: nowMs + seconds * 1_000 };
    }
    return { authorization: `Bearer ${authorization.token.value}` };
  }

  async #call(url: string, method: string, headers: Record<string, string>, body: string): Promise<Answer> {
    const target = new URL(url);
    const all = { ...headers, 'user-agent': userAgent };
    const [, api] = /^([^.]+)[.]execute-api[.]/.exec(target.hostname) ?? [];
    if (api !== undefined) {
      const request = { method, path: `/_api/${api}${target.pathname}`, query: {}, headers: all, body };
      const { status, body: answer } = await this.#answer(request);
      return { status, text: typeof answer === 'string' ? answer : new TextDecoder().decode(answer) };
    }
    const outside = this.answerOutside?.({ method, url, headers: all, body });
    if (outside === undefined) throw new Error(`the simulated AWS knows nobody at ${target.origin}`);
    const answer = await outside;
    if (answer === 'nothing') {
      throw new AwsError('SDK_CLIENT_ERROR', `${url} gave no answer in five seconds`, { httpStatus: 503 });
    }
    return answer;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the template's own shape, of which only what is known is read.
function readAuthorization(parameters: any): Authorization {
  const { ApiKeyAuthParameters: key, BasicAuthParameters: basic, OAuthParameters: oauth } = parameters ?? {};
  if (key !== undefined) return { kind: 'API_KEY', name: key.ApiKeyName, value: key.ApiKeyValue };
  if (basic !== undefined) {
    const encoded = Buffer.from(`${basic.Username}:${basic.Password}`).toString('base64');
    return { kind: 'BASIC', value: `Basic ${encoded}` };
  }
  if (oauth === undefined)
    throw new DeployError('a connection without ApiKey, Basic or OAuth parameters is not simulated');
  const more = (oauth.OAuthHttpParameters?.BodyParameters ?? []).map(
    ({ Key, Value }: { Key: string; Value: string }) => [Key, Value],
  );
  return {
    kind: 'OAUTH_CLIENT_CREDENTIALS',
    endpoint: oauth.AuthorizationEndpoint,
    method: oauth.HttpMethod,
    form: {
      ...Object.fromEntries(more),
      client_id: oauth.ClientParameters.ClientID,
      client_secret: oauth.ClientParameters.ClientSecret,
    },
  };
}
