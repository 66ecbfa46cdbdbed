/**
 * STS: who a caller is, and a role's session for it.
 */

import type { CloudCore, CloudPart } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { Directory } from '../iam/directory.ts';

const sessionMs = 3_600_000;

export function createStsPart(core: CloudCore, directory: Directory): CloudPart {
  return {
    services: [
      {
        id: 'sts',
        protocol: 'awsQuery',
        xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
        operations: {
          GetCallerIdentity: (_input, call) => ({
            Arn: call.principal.arn,
            UserId: call.principal.kind === 'root' ? core.account : call.principal.arn.replace(/^.*\//, ''),
            Account: core.account,
          }),
          AssumeRole: (input, call) => {
            const role = directory.roles.get(input.RoleArn);
            if (role === undefined) {
              throw new AwsError('AccessDenied', `${call.principal.arn} may not assume ${input.RoleArn}`, {
                httpStatus: 403,
              });
            }
            directory.checkTrust(role, call.principal);
            const session = directory.sessionOf(role.arn, input.RoleSessionName);
            const credentials = directory.credentialsFor(session);
            return {
              AssumedRoleUser: { AssumedRoleId: `${role.roleId}:${input.RoleSessionName}`, Arn: session.arn },
              Credentials: {
                AccessKeyId: credentials.accessKeyId,
                SecretAccessKey: credentials.secretAccessKey,
                SessionToken: credentials.sessionToken,
                Expiration: new Date(call.nowMs + Number(input.DurationSeconds ?? sessionMs / 1000) * 1000),
              },
            };
          },
        },
        authorize: (operation, input) =>
          operation === 'AssumeRole' ? [{ action: 'sts:AssumeRole', resources: [String(input.RoleArn)] }] : [],
      },
    ],
  };
}
