/** The statements that policies here are made of. */
import { Aws } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Allows `actions` on `resources`. */
export const allow = (
  sid: string,
  actions: string[],
  resources: string[],
  conditions?: Record<string, Record<string, unknown>>,
) => new PolicyStatement({ sid, actions, resources, ...(conditions !== undefined && { conditions }) });

/** `iam:PassRole` for one role to one service. */
export const passRole = (sid: string, roles: IRole[], service: string) =>
  allow(
    sid,
    ['iam:PassRole'],
    roles.map((role) => role.roleArn),
    {
      StringEquals: { 'iam:PassedToService': `${service}.amazonaws.com` },
    },
  );

/** Says events in the name of `source` only; `detailTypes` may narrow that. */
export const putEvents = (sid: string, busArn: string, source: string, detailTypes?: string[]) =>
  allow(sid, ['events:PutEvents'], [busArn], {
    StringEquals: { 'events:source': source, ...(detailTypes !== undefined && { 'events:detail-type': detailTypes }) },
  });

/**
 * A condition that holds for a key's use by way of one service only.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export const throughService = (service: string) => ({
  // In China the documents say neither clearly; outside of it both are one.
  StringEquals: {
    'kms:ViaService': [`${service}.${Aws.REGION}.amazonaws.com`, `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}`],
  },
});

/** What may be asked from outside. */
export const requests = ['MirrorRequested', 'TaskRequested'];

/** What an event source mapping does with the function's role. */
export const receiving = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
