/**
 * Form bodies in, XML out: the AWS Query protocol (CloudFormation, STS) and EC2's variant of it.
 * Source: Smithy, "AWS query protocol" and "AWS EC2 query protocol".
 */
import { AwsError } from '../errors.ts';
import type { FormNames } from '../service.ts';
import type { Codec, Decoded } from './message.ts';

/** Query: lists are `<member>` elements. */
export const awsQueryCodec: Codec = {
  decode(request, service) {
    const decoded = decodeForm(request.body, service.id, service.operations);
    return service.formNames === undefined ? decoded : renameInputs(decoded, service.formNames);
  },
  encode(output, operation, service, requestId) {
    const names = service.formNames?.outputs(operation);
    const result = names === undefined ? toXml(output, 'member') : toFlatXml(output, names);
    return xml(
      200,
      `<${operation}Response xmlns="${service.xmlNamespace}"><${operation}Result>${result}</${operation}Result>` +
        `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`,
      requestId,
    );
  },
  encodeError(error, service, requestId) {
    const code = error.queryCode ?? (error.code === 'AccessDeniedException' ? 'AccessDenied' : error.code);
    const type = error.httpStatus < 500 ? 'Sender' : 'Receiver';
    return xml(
      error.httpStatus,
      `<ErrorResponse xmlns="${service.xmlNamespace}"><Error><Type>${type}</Type><Code>${code}</Code>` +
        `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      requestId,
    );
  },
};

/** EC2: lists are `<item>` elements, errors have a shape of their own. */
export const ec2QueryCodec: Codec = {
  decode: (request, service) => decodeForm(request.body, service.id, service.operations),
  encode(output, operation, service, requestId) {
    return xml(
      200,
      `<${operation}Response xmlns="${service.xmlNamespace}"><requestId>${requestId}</requestId>` +
        `${toXml(output, 'item')}</${operation}Response>`,
      requestId,
    );
  },
  encodeError(error, _service, requestId) {
    const code = error.code === 'AccessDeniedException' ? 'UnauthorizedOperation' : error.code;
    return xml(
      error.httpStatus,
      `<Response><Errors><Error><Code>${code}</Code><Message>${escapeXml(error.message)}</Message></Error></Errors>` +
        `<RequestID>${requestId}</RequestID></Response>`,
      requestId,
    );
  },
};

function decodeForm(body: string, serviceId: string, operations: Readonly<Record<string, unknown>>): Decoded {
  const root: Record<string, unknown> = {};
  let operation = '';
  for (const [name, value] of new URLSearchParams(body)) {
    if (name === 'Action') {
      operation = value;
    } else if (name !== 'Version') {
      place(root, name.split('.'), value);
    }
  }
  if (!Object.hasOwn(operations, operation)) {
    throw new AwsError('InvalidAction', `the simulated ${serviceId} knows no operation "${operation}"`);
  }
  return { operation, input: collapse(root) as Record<string, unknown> };
}

/** Members by their names in JSON, at every depth; a list of one is a list, a map of `Name` and `Value` a map. */
function renameInputs({ operation, input }: Decoded, names: FormNames): Decoded {
  const rename = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        const name = names.inputs[key] ?? key;
        return [name, names.numbers.includes(name) ? Number(inner) : toMap(rename(inner))];
      }),
    );
  };
  return { operation, input: rename(input) as Record<string, unknown> };
}

function toMap(value: unknown): unknown {
  const isPair = (entry: unknown): entry is { Name: string; Value: unknown } =>
    typeof entry === 'object' && entry !== null && 'Name' in entry && 'Value' in entry;
  return Array.isArray(value) && value.length > 0 && value.every(isPair)
    ? Object.fromEntries(value.map(({ Name, Value }) => [Name, Value]))
    : value;
}

function toFlatXml(value: unknown, names: Readonly<Record<string, string>>): string {
  if (typeof value !== 'object' || value === null) return toXml(value, 'member');
  return Object.entries(value)
    .filter(([, entry]) => entry !== undefined && entry !== null)
    .map(([key, entry]) => {
      const element = names[key] ?? key;
      if (Array.isArray(entry)) return entry.map((one) => `<${element}>${toFlatXml(one, names)}</${element}>`).join('');
      if (names[key] === undefined) return `<${element}>${toFlatXml(entry, names)}</${element}>`;
      return Object.entries(entry)
        .map(([Name, Value]) => `<${element}>${toFlatXml({ Name, Value }, names)}</${element}>`)
        .join('');
    })
    .join('');
}

function place(root: Record<string, unknown>, path: readonly string[], value: string): void {
  let node = root;
  for (const step of path.slice(0, -1)) {
    const next = Object.hasOwn(node, step) ? node[step] : undefined;
    const inner = typeof next === 'object' && next !== null ? (next as Record<string, unknown>) : Object.create(null);
    node[step] = inner;
    node = inner;
  }
  node[path.at(-1) as string] = value;
}

/** Turns `{member: {1: x}}` and `{1: x}` into lists. */
function collapse(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === 'member') {
    return only[1] === '' ? [] : collapse(only[1]);
  }
  if (entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key))) {
    return entries.sort(([left], [right]) => Number(left) - Number(right)).map(([, entry]) => collapse(entry));
  }
  return Object.fromEntries(entries.map(([key, entry]) => [key, collapse(entry)]));
}

function toXml(value: unknown, listElement: string): string {
  if (value === undefined || value === null) {
    return '';
  }
  if (value instanceof Date) {
    return value.toISOString();
  }
  if (Array.isArray(value)) {
    return value.map((entry) => `<${listElement}>${toXml(entry, listElement)}</${listElement}>`).join('');
  }
  if (typeof value === 'object') {
    return Object.entries(value)
      .filter(([, entry]) => entry !== undefined && entry !== null)
      .map(([key, entry]) => `<${key}>${toXml(entry, listElement)}</${key}>`)
      .join('');
  }
  return escapeXml(String(value));
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function xml(status: number, body: string, requestId: string): ReturnType<Codec['encode']> {
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}
