/** The two events that outside clients may send. They say what is wanted; where it goes and how it runs is the deployment's. */

import { REPOSITORY_NAME, refuseRepositoryName } from '@hourglass/relay/codecommit-address';
import * as z from 'zod';
import { defineContract } from './contract.ts';

/** Clients on premises, the webhook, and replay. */
export const CLIENT_SOURCE = 'hourglass.client';
export const WEBHOOK_SOURCE = 'hourglass.webhook';
export const REPLAY_SOURCE = 'hourglass.replay';
/** The operator's command and console. */
export const OPERATOR_SOURCE = 'hourglass.operator';
export const REQUEST_SOURCES = [CLIENT_SOURCE, WEBHOOK_SOURCE, REPLAY_SOURCE, OPERATOR_SOURCE] as const;

const requestId = z
  .string()
  .regex(/^[\w.:/-]{1,128}$/, 'must be 1 to 128 letters, digits or . : / _ -')
  .optional();

/** A day is the longest that anybody may wait. */
const maxDelaySeconds = z.number().int().min(0).max(86_400).optional();

/** CodeCommit's rule, which is the relay's too: 1 to 100 letters, digits, `.`, `_` or `-`, not ending in `.git`. */
export const repositoryName = z
  .string()
  .regex(REPOSITORY_NAME, refuseRepositoryName(''))
  .superRefine((name, context) => {
    const message = REPOSITORY_NAME.test(name) ? refuseRepositoryName(name) : undefined;
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** Where a request comes from, for the history; believed of a door that can know it. `delivery`: what a git server calls its delivery. */
const origin = z.object({ door: z.enum(['hook', 'schedule']), delivery: z.string().max(128).optional() }).optional();

/** A push happened: mirror this repository. */
export const MirrorRequested = defineContract('MirrorRequested', REQUEST_SOURCES, {
  requestId,
  repository: repositoryName,
  sourceUrl: z.string().min(1).max(2_048),
  maxDelaySeconds,
  origin,
});

/** Run the command that the deployment has defined under this name. */
export const TaskRequested = defineContract('TaskRequested', REQUEST_SOURCES, {
  requestId,
  name: z.string().regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, periods, underscores or hyphens'),
  maxDelaySeconds,
});
