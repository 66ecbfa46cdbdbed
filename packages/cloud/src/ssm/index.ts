/**
 * Systems Manager's Parameter Store: SecureStrings that the world's owner has put in, read by GetParameter and GetParameters. A template
 * can make none: CloudFormation knows no SecureString.
 */
import type { CloudCore, CloudPart } from '../core.ts';
import { AwsError } from '../errors.ts';
import { decryptDemand } from '../s3/index.ts';

export interface ParametersPart extends CloudPart {
  /**
   * Puts a SecureString in, or its next version; gives its ARN.
   * @param kmsKeyArn the customer's own key that it is encrypted with; none for `alias/aws/ssm`
   */
  putParameter(name: string, value: string, kmsKeyArn?: string): string;
}

interface Parameter {
  readonly name: string;
  readonly arn: string;
  readonly value: string;
  readonly version: number;
  readonly kmsKeyArn: string | undefined;
  readonly changedMs: number;
}

export function createParametersPart(core: CloudCore): ParametersPart {
  const parameters = new Map<string, Parameter>();
  const arnOf = (name: string) => core.arn('ssm', `parameter/${name.replace(/^\//, '')}`);
  /** By name or by ARN. */
  const find = (id: string) => parameters.get(id) ?? [...parameters.values()].find(({ arn }) => arn === id);

  const describe = (parameter: Parameter, decrypted: boolean) => ({
    Name: parameter.name,
    Type: 'SecureString',
    // What is encrypted is told as it rests: no text that anybody could use.
    Value: decrypted ? parameter.value : `AQICAH${Buffer.from(parameter.arn).toString('base64')}`,
    Version: parameter.version,
    LastModifiedDate: new Date(parameter.changedMs),
    ARN: parameter.arn,
    DataType: 'text',
  });

  return {
    putParameter(name, value, kmsKeyArn) {
      const version = (parameters.get(name)?.version ?? 0) + 1;
      const made = { name, arn: arnOf(name), value, version, kmsKeyArn, changedMs: core.clock.nowMs() };
      parameters.set(name, made);
      return made.arn;
    },
    services: [
      {
        id: 'ssm',
        protocol: 'awsJson1.1',
        targetPrefix: 'AmazonSSM',
        operations: {
          GetParameter: (input) => {
            const parameter = find(input.Name);
            if (parameter === undefined) throw new AwsError('ParameterNotFound', `Parameter ${input.Name} not found.`);
            return { Parameter: describe(parameter, input.WithDecryption === true) };
          },
          GetParameters: (input) => {
            const names: string[] = input.Names ?? [];
            if (names.length === 0 || names.length > 10) {
              throw new AwsError('ValidationException', 'Names must have 1 to 10 members');
            }
            return {
              Parameters: names.flatMap((name) => find(name) ?? []).map((one) => describe(one, input.WithDecryption)),
              InvalidParameters: names.filter((name) => find(name) === undefined),
            };
          },
        },
        authorize: (operation, input) => {
          const names: string[] = operation === 'GetParameters' ? (input.Names as string[]) : [String(input.Name)];
          const keys = input.WithDecryption === true ? names.flatMap((name) => find(name)?.kmsKeyArn ?? []) : [];
          return [
            {
              action: `ssm:${operation}`,
              resources: names.map((name) => (name.startsWith('arn:') ? name : arnOf(name))),
            },
            ...[...new Set(keys)].map((key) => decryptDemand(core, 'ssm', key)),
          ];
        },
      },
    ],
  };
}
