/**
 * Secrets Manager: secrets of the template, or put in by the world's owner, read by GetSecretValue.
 */
import { AwsError, DeployError } from '../errors.ts';
import type { CloudCore, CloudPart } from '../service.ts';

export interface SecretsPart extends CloudPart {
  /** Puts a secret in; gives its ARN. */
  putSecret(name: string, value: string): string;
}

export function createSecretsPart(core: CloudCore): SecretsPart {
  const secrets = new Map<string, { name: string; arn: string; value: string; versionId: string; createdMs: number }>();

  /** By name, by ARN, or by the ARN without its six random characters. */
  const find = (id: string): ReturnType<typeof secrets.get> =>
    secrets.get(id) ?? [...secrets.values()].find((secret) => secret.arn === id || secret.arn.slice(0, -7) === id);

  const putSecret = (name: string, value: string): string => {
    const arn = secrets.get(name)?.arn ?? core.arn('secretsmanager', `secret:${name}-${core.newHex(6)}`);
    secrets.set(name, { name, arn, value, versionId: core.newUuid(), createdMs: core.clock.nowMs() });
    return arn;
  };

  return {
    putSecret,
    services: [
      {
        id: 'secretsmanager',
        protocol: 'awsJson1.1',
        targetPrefix: 'secretsmanager',
        operations: {
          GetSecretValue: (input) => {
            const secret = find(input.SecretId);
            if (secret === undefined) {
              throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
            }
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
          const id = String(input.SecretId);
          const resource = find(id)?.arn ?? (id.startsWith('arn:') ? id : core.arn('secretsmanager', `secret:${id}`));
          return [{ action: `secretsmanager:${operation}`, resources: [resource] }];
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
