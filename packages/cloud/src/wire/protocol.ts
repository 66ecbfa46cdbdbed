/**
 * Which protocol a request speaks. A service has one of its own; some take others beside it: those that speak AWS JSON take CBOR, and forms
 * where they are old enough to have spoken them.
 */
import type { Protocol, Service } from '../service.ts';
import { cborCodec } from './cbor.ts';
import { awsJsonCodec, restJsonCodec } from './json.ts';
import type { Codec, WireRequest, WireResponse } from './message.ts';
import { awsQueryCodec, ec2QueryCodec, escapeXml } from './query.ts';
import { restXmlCodec } from './rest-xml.ts';

const codecs: Readonly<Record<Protocol, Codec>> = {
  'awsJson1.0': awsJsonCodec,
  'awsJson1.1': awsJsonCodec,
  awsQuery: awsQueryCodec,
  ec2Query: ec2QueryCodec,
  restJson: restJsonCodec,
  restXml: restXmlCodec,
};

export function chooseCodec(request: WireRequest, service: Service): Codec {
  if (service.protocol.startsWith('awsJson')) {
    if (isCbor(request)) return cborCodec;
    if (isForm(request) && service.xmlNamespace !== undefined) return awsQueryCodec;
  }
  return codecs[service.protocol];
}

/** For a service that is not simulated: in the caller's own protocol, with what was asked. */
export function refuseService(request: WireRequest, name: string | undefined): WireResponse {
  const [code, message] =
    name === undefined
      ? ['MissingAuthenticationTokenException', 'the request is not signed']
      : [
          'UnknownService',
          `the simulated AWS has no service "${name}"; it was asked for ${describeOperation(request)}`,
        ];
  if (isForm(request) || speaksXml(request, name)) {
    const error = `<Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message>`;
    return {
      status: 403,
      headers: { 'content-type': 'text/xml' },
      body: `<ErrorResponse><Error>${error}</Error></ErrorResponse>`,
    };
  }
  return {
    status: 403,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, message }),
  };
}

function describeOperation(request: WireRequest): string {
  const target = request.headers['x-amz-target'];
  if (target !== undefined) return target.slice(target.lastIndexOf('.') + 1);
  const action = isForm(request) ? new URLSearchParams(request.body).get('Action') : undefined;
  return action ?? `${request.method} ${request.path}`;
}

/** Services that have never spoken anything else. */
function speaksXml({ headers }: WireRequest, name: string | undefined): boolean {
  return ['route53', 'cloudfront', 's3', 's3-control'].includes(name ?? '') && headers['x-amz-target'] === undefined;
}

function isForm({ headers }: WireRequest): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
}

function isCbor({ headers }: WireRequest): boolean {
  return headers['smithy-protocol'] === 'rpc-v2-cbor';
}
