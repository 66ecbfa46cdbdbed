/**
 * Systems Manager's Parameter Store: SecureStrings that the world's owner has put in, and Strings that a template has made (CloudFormation knows no
 * SecureString), read by name or by path.
 */
import type { CloudCore, CloudPart } from '../core.ts';
import { AwsError, DeployError } from '../errors.ts';
import { decryptDemand } from '../s3/index.ts';

export interface ParametersPart extends CloudPart {
  /**
   * Puts a SecureString in, or its next version; gives its ARN.
   * @param kmsKeyArn the customer's own key that it is encrypted with; none for `alias/aws/ssm`
   */
  putParameter(name: string, value: string, kmsKeyArn?: string): string;
  /** One that is not encrypted. */
  putPlainParameter(name: string, value: string): string;
  removeParameter(name: string): void;
}

interface Parameter {
  readonly name: string;
  readonly arn: string;
  readonly type: 'String' | 'SecureString';
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
    Type: parameter.type,
    // What is encrypted is given as it rests: no text that anybody could use.
    Value:
      decrypted || parameter.type === 'String'
        ? parameter.value
        : `AQICAH${Buffer.from(parameter.arn).toString('base64')}`,
    Version: parameter.version,
    LastModifiedDate: new Date(parameter.changedMs),
    ARN: parameter.arn,
    DataType: 'text',
  });

  const put = (name: string, type: Parameter['type'], value: string, kmsKeyArn?: string): string => {
    const version = (parameters.get(name)?.version ?? 0) + 1;
    const made = { name, arn: arnOf(name), type, value, version, kmsKeyArn, changedMs: core.clock.nowMs() };
    parameters.set(name, made);
    return made.arn;
  };

  /** Ten a page, as AWS gives at most. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html */
  const byPath = (input: Record<string, unknown>) => {
    const path = String(input.Path).replace(/\/?$/, '/');
    const below = [...parameters.values()]
      .filter(
        ({ name }) => name.startsWith(path) && (input.Recursive === true || !name.slice(path.length).includes('/')),
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const start = Number(input.NextToken ?? 0);
    const end = start + Number(input.MaxResults ?? 10);
    return {
      Parameters: below.slice(start, end).map((one) => describe(one, input.WithDecryption === true)),
      ...(end < below.length && { NextToken: String(end) }),
    };
  };

  return {
    putParameter: (name, value, kmsKeyArn) => put(name, 'SecureString', value, kmsKeyArn),
    putPlainParameter: (name, value) => put(name, 'String', value),
    removeParameter: (name) => void parameters.delete(name),
    resourceTypes: {
      'AWS::SSM::Parameter': {
        create(properties, context) {
          const name = String(properties.Name ?? context.generatedName());
          const value = String(properties.Value);
          const limit = properties.Tier === undefined || properties.Tier === 'Standard' ? 4_096 : 8_192;
          if (value.length > limit) throw new DeployError(`${name}: a parameter is ${limit} characters long at most`);
          put(name, 'String', value);
          return { ref: name, attributes: { Type: 'String', Value: value } };
        },
        delete: (name) => void parameters.delete(name),
      },
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
          DescribeParameters: (input) => {
            const filters: { Key: string; Option?: string; Values?: string[] }[] = input.ParameterFilters ?? [];
            const unknown = filters.find(({ Key }) => Key !== 'Name');
            if (unknown !== undefined) throw new AwsError('InvalidFilterKey', `${unknown.Key} is not simulated`);
            const fits = (name: string) =>
              filters.every(({ Option = 'Equals', Values = [] }) =>
                Values.some((value) =>
                  Option === 'Equals'
                    ? name === value
                    : Option === 'BeginsWith'
                      ? name.startsWith(value)
                      : name.includes(value),
                ),
              );
            return {
              Parameters: [...parameters.values()]
                .filter(({ name }) => fits(name))
                .map(({ name, arn, type, version, kmsKeyArn, changedMs }) => ({
                  Name: name,
                  ARN: arn,
                  Type: type,
                  KeyId: type === 'String' ? undefined : (kmsKeyArn ?? 'alias/aws/ssm'),
                  LastModifiedDate: new Date(changedMs),
                  Version: version,
                  Tier: 'Standard',
                  DataType: 'text',
                })),
            };
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
          GetParametersByPath: byPath,
        },
        authorize: (operation, input) => {
          if (operation === 'GetParametersByPath') {
            return [{ action: 'ssm:GetParametersByPath', resources: [arnOf(String(input.Path).replace(/\/$/, ''))] }];
          }
          if (operation === 'DescribeParameters') return [{ action: 'ssm:DescribeParameters', resources: ['*'] }];
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
