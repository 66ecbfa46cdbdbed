/**
 * What a simulated AWS service is, and what it is given. Each service lives in a folder of its own and is built by a factory
 * `create<Name>Part(core, options): CloudPart`; `cloud.ts` joins the parts. Services meet only through `core`.
 *
 * Factories `cloud.ts` joins: `./events/index.ts` createEventsPart(core), `./scheduler/index.ts` createSchedulerPart(core),
 * `./sqs/index.ts` createSqsPart(core), `./lambda/index.ts` createLambdaPart(core, …), `./dynamodb/index.ts`
 * createDynamoDbPart(core, { mode }), `./cloudformation/index.ts` createCloudFormationPart(core, { timings? }), `./ec2/index.ts`
 * createEc2Part(core), `./ecs/index.ts` createEcsPart(core, { taskCommand, timings? }).
 *
 * Conventions of inputs and outputs, so that one wire codec serves all:
 * - awsJson and restJson: members by their wire names; a `Date` is sent as epoch seconds, a `Uint8Array` as base64; `undefined` is left out.
 * - awsQuery: `Parameters.member.1.Key=…` arrives as `{Parameters: [{Key: …}]}`, every scalar as a string; in outputs arrays become
 *   `<member>` elements, a `Date` ISO text.
 * - ec2Query: `VpcEndpointId.1=…`, `Filter.1.Value.1=…` arrive as `{VpcEndpointId: […], Filter: [{Value: […]}]}`; outputs carry the *wire*
 *   names (`{vpcEndpointSet: [{vpcEndpointId: …}]}`), arrays become `<item>` elements.
 */
/** Who calls. `arn` is what IAM messages name: for a role, its session (`arn:aws:sts::…:assumed-role/Name/session`). */
export type Principal =
  | { readonly kind: 'root'; readonly arn: string }
  | { readonly kind: 'user'; readonly arn: string; readonly userName: string }
  | { readonly kind: 'role'; readonly arn: string; readonly roleArn: string }
  /** A user or a role of another account, with the policies that it has there. */
  | { readonly kind: 'outsider'; readonly arn: string; readonly policies: readonly PolicyDocument[] }
  | { readonly kind: 'service'; readonly arn: string; readonly service: string; readonly sourceArn?: string };

/** One API call under way. */
export interface ApiCall {
  readonly principal: Principal;
  readonly nowMs: number;
  readonly region: string;
  readonly account: string;
  readonly requestId: string;
  /** The body as it came, for a service that passes it on unchanged. Empty for calls made inside this room. */
  readonly rawBody: string;
  /** Of a call from a function in a VPC: the endpoint that it came by. */
  readonly route?: Route | undefined;
}

/** How a VPC reaches a service. */
export interface Route {
  readonly vpcId: string;
  readonly endpointId: string;
}

/** One permission a call needs. Every demand of a call must be allowed. */
export interface Demand {
  /** For example `sqs:SendMessage`. */
  readonly action: string;
  /** ARNs, or `*` for actions without resource-level permissions. Each must be allowed. */
  readonly resources: readonly string[];
  /** Condition keys of this demand beside the global ones: `iam:PassedToService`, `dynamodb:LeadingKeys`, `aws:ResourceTag/x`, … */
  readonly conditions?: Readonly<Record<string, string | readonly string[] | boolean>>;
}

/** The condition keys of the tags that a request brings, for {@link Demand.conditions}; none for none. */
export function requestTags(
  tags: readonly (readonly [key: string, value: string])[],
): Record<string, string | string[]> {
  if (tags.length === 0) return {};
  const values = Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value]));
  return { ...values, 'aws:TagKeys': tags.map(([key]) => key) };
}

// biome-ignore lint/suspicious/noExplicitAny: inputs are the wire's; each operation checks what it reads.
export type Operation = (input: any, call: ApiCall) => unknown;

export type Protocol = 'awsJson1.0' | 'awsJson1.1' | 'awsQuery' | 'ec2Query' | 'restJson' | 'restXml';

/** A route of a restJson service: `/schedules/{Name}`; `{+Name}` takes slashes too. */
export interface RestRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  readonly path: string;
  readonly operation: string;
  /** Query-string names to input members, where they differ. */
  readonly query?: Readonly<Record<string, string>>;
  /** Header names (lower case) to input members. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The member that takes the whole body as text instead of JSON members. */
  readonly payload?: string;
  readonly status?: number;
}

/** A service as the wire sees it. */
export interface Service {
  /** The signing name: `events`, `scheduler`, `sqs`, `lambda`, `cloudformation`, `ecs`, `ec2`, `dynamodb`, `sts`, `secretsmanager`, `s3`. */
  readonly id: string;
  readonly protocol: Protocol;
  /** awsJson: what stands before the dot of `X-Amz-Target`. */
  readonly targetPrefix?: string;
  /** awsQuery, ec2Query: the namespace of answers. awsJson: that the service takes forms too, as older clients send them. */
  readonly xmlNamespace?: string;
  /** What forms and their answers call members, where the service is younger in JSON than in forms. */
  readonly formNames?: FormNames;
  /** restJson only. */
  readonly routes?: readonly RestRoute[];
  readonly operations: Readonly<Record<string, Operation>>;
  /** What IAM must allow before the operation runs. Every operation must be known here: no entry is an error, `[]` needs nothing. */
  authorize(operation: string, input: Record<string, unknown>, call: ApiCall): readonly Demand[];
  /** The resource's own policy, where the service has such (queue policy, bus policy). Same account: either policy may allow. */
  resourcePolicy?(resourceArn: string): PolicyDocument | undefined;
}

/** Flattened lists and maps, as SQS has them in forms: a member's name in the form, and how it is written. */
export interface FormNames {
  /** Form name to member; `numbers` are members that JSON has as numbers. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly numbers: readonly string[];
  /** Member to the element that is repeated for each of its entries, in lists and (as `Name` and `Value`) in maps. */
  readonly outputs: (operation: string) => Readonly<Record<string, string>>;
}

/** An operation may return this to answer byte for byte (a proxied answer, Lambda's `Invoke`). */
export class RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;

  constructor(status: number, headers: Record<string, string>, body: string | Uint8Array) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: PolicyStatement | readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}
