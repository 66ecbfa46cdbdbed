/** The statements that policies here are made of. */
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

/** What may be asked from outside. */
export const requests = ['MirrorRequested', 'TaskRequested'];

/** What an event source mapping does with the function's role. */
export const receiving = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
