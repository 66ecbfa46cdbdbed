/** What an operator may ask of the lease itself. The intake takes these from the same queue as requests, so that none is lost. */
import * as z from 'zod';
import { defineContract } from './contract.ts';
import { OPERATOR_SOURCE } from './requests.ts';

const sources = [OPERATOR_SOURCE] as const;

/** `mirror:<repository>` or `command:<name>`; left out: everything. */
const taskKey = z
  .string()
  .regex(/^(mirror:[\w.-]{1,100}|command:[\w.-]{1,64})$/, 'must be mirror:<repository> or command:<name>')
  .optional();

/** Start nothing until it is resumed; every request is kept, and the endpoints close as ever. */
export const PauseRequested = defineContract('PauseRequested', sources, { taskKey });
export const ResumeRequested = defineContract('ResumeRequested', sources, { taskKey });
/** Let the endpoints go at the next idle moment. */
export const CloseRequested = defineContract('CloseRequested', sources, {});

export const operatorContracts = [PauseRequested, ResumeRequested, CloseRequested] as const;
