/**
 * The MD5 digests that SDK clients check a queue's answers by.
 * Source: SQS developer guide, "Calculating the MD5 message digest for message attributes".
 */
import { createHash } from 'node:crypto';

/** A message attribute on the wire; bytes are base64 text. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export function digestBody(body: string): string {
  return createHash('md5').update(body, 'utf8').digest('hex');
}

/** Undefined when there are no attributes: then AWS sends no digest. */
export function digestAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) {
    return undefined;
  }
  const hash = createHash('md5');
  const add = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const attribute = attributes[name] as MessageAttribute;
    add(Buffer.from(name, 'utf8'));
    add(Buffer.from(attribute.DataType, 'utf8'));
    if (attribute.BinaryValue === undefined) {
      hash.update(Buffer.from([1]));
      add(Buffer.from(attribute.StringValue ?? '', 'utf8'));
    } else {
      hash.update(Buffer.from([2]));
      add(Buffer.from(attribute.BinaryValue, 'base64'));
    }
  }
  return hash.digest('hex');
}
