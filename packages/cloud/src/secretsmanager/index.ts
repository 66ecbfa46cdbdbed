/**
 * Secrets Manager: secrets of the template, or put in by the world's owner, read by GetSecretValue.
 */

import type { CloudCore, CloudPart } from '../core.ts';
import { AwsError, DeployError } from '../errors.ts';
import { decryptDemand } from '../s3/index.ts';

export interface SecretsPart extends CloudPart {
  /**
   * Puts a secret in; gives its ARN.
   * @param name or the whole ARN, where it has to be known beforehand
   * @param kmsKeyArn the customer's own key that it is encrypted with; none for `aws/secretsmanager`
   */
  putSecret(name: string, value: string, kmsKeyArn?: string): string;
  /** Policies of secrets as JSON, by ARN: shown, and not enforced. */
  readonly policies: Map<string, string>;
}

export function createSecretsPart(core: CloudCore): SecretsPart {
  interface Secret {
    readonly name: string;
    readonly arn: string;
    readonly value: string;
    readonly kmsKeyArn: string | undefined;
    readonly versionId: string;
    readonly createdMs: number;
  }
  const secrets = new Map<string, Secret>();
  const policies = new Map<string, string>();

  /** By name, by ARN, or by the ARN without its six random characters. */
  const find = (id: string): ReturnType<typeof secrets.get> =>
    secrets.get(id) ?? [...secrets.values()].find((secret) => secret.arn === id || secret.arn.slice(0, -7) === id);

  const secretOf = (id: string): Secret => {
    const secret = find(id);
    if (secret !== undefined) return secret;
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  };

  const putSecret = (name: string, value: string, kmsKeyArn?: string): string => {
    const made = () => core.arn('secretsmanager', `secret:${name}-${core.newHex(6)}`);
    const arn = secrets.get(name)?.arn ?? (name.startsWith('arn:') ? name : made());
    secrets.set(name, { name, arn, value, kmsKeyArn, versionId: core.newUuid(), createdMs: core.clock.nowMs() });
    return arn;
  };

  return {
    policies,
    putSecret,
    services: [
      {
        id: 'secretsmanager',
        protocol: 'awsJson1.1',
        targetPrefix: 'secretsmanager',
        operations: {
          DescribeSecret: (input) => {
            const secret = secretOf(input.SecretId);
            return {
              ARN: secret.arn,
              Name: secret.name,
              KmsKeyId: secret.kmsKeyArn,
              CreatedDate: new Date(secret.createdMs),
            };
          },
          GetResourcePolicy: (input) => {
            const secret = secretOf(input.SecretId);
            return { ARN: secret.arn, Name: secret.name, ResourcePolicy: policies.get(secret.arn) };
          },
          ListSecrets: () => ({
            SecretList: [...secrets.values()].map(({ arn, name, createdMs }) => ({
              ARN: arn,
              Name: name,
              CreatedDate: new Date(createdMs),
            })),
          }),
          GetSecretValue: (input) => {
            const secret = secretOf(input.SecretId);
            return {
              ARN: secret.arn,
              Name: secret.name,
              VersionId: secret.versionId,
              SecretString: secret.value,
              VersionStages: ['AWSCURRENT'],
              CreatedDate: new Date(secret.createdMs),
            };
          },
        },
        authorize: (operation, input) => {
          if (operation === 'ListSecrets') return [{ action: 'secretsmanager:ListSecrets', resources: ['*'] }];
          const id = String(input.SecretId);
          const secret = find(id);
          const resource = secret?.arn ?? (id.startsWith('arn:') ? id : core.arn('secretsmanager', `secret:${id}`));
          return [
            { action: `secretsmanager:${operation}`, resources: [resource] },
            ...(secret?.kmsKeyArn === undefined || operation !== 'GetSecretValue'
              ? []
              : [decryptDemand(core, 'secretsmanager', secret.kmsKeyArn)]),
          ];
        },
      },
    ],
    resourceTypes: {
      'AWS::SecretsManager::Secret': {
        create(properties, context) {
          if (properties.SecretString === undefined && properties.GenerateSecretString === undefined) {
            throw new DeployError(`${context.logicalId}: a secret needs SecretString or GenerateSecretString`);
          }
          const value = properties.SecretString ?? core.newHex(32);
          const arn = putSecret(properties.Name ?? context.generatedName(), value);
          return { ref: arn, attributes: { Id: arn } };
        },
      },
    },
  };
}
