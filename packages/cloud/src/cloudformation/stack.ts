/** A stack as it is kept: its state, its resources, its history of events. */
import type { Template } from '../deploy/template.ts';
import type { Principal } from '../service.ts';

export type StackStatus =
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_COMPLETE'
  | 'CREATE_FAILED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_COMPLETE'
  | 'ROLLBACK_FAILED'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_COMPLETE'
  | 'DELETE_FAILED';

export interface StackTag {
  readonly Key: string;
  readonly Value: string;
}

export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  /** As they were resolved, for the deletion. */
  readonly properties: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface StackEvent {
  readonly id: string;
  readonly atMs: number;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
  readonly token: string | undefined;
  /** Of a hook's verdict on a resource. */
  readonly hook?: { readonly type: string; readonly status: string; readonly reason: string };
}

export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly template: Template;
  /** As they were given, for DescribeStacks. */
  readonly parameters: Readonly<Record<string, string>>;
  /** As `Ref` gives them: list types are lists. */
  readonly parameterValues: Readonly<Record<string, unknown>>;
  readonly tags: readonly StackTag[];
  readonly onFailure: 'DELETE' | 'ROLLBACK' | 'DO_NOTHING';
  readonly timeoutMs: number | undefined;
  readonly createdAtMs: number;
  readonly createToken: string | undefined;
  /** Sticks to the stack: every later operation runs as it. */
  roleArn: string | undefined;
  /** Who acts where the stack has no role. */
  caller: Principal;
  /** By termination protection: nobody deletes it until that is off. */
  isProtected: boolean;
  status: StackStatus;
  statusReason: string | undefined;
  deletedAtMs: number | undefined;
  /** The token of the operation under way. */
  token: string | undefined;
  /** Counts operations; a timer of an earlier one finds itself outdated. */
  operation: number;
  readonly resources: Map<string, StackResource>;
  outputs: Readonly<Record<string, string>>;
  readonly events: StackEvent[];
}

/** A deleted stack is found by its id alone. */
export function isLiving(stack: Stack): boolean {
  return stack.status !== 'DELETE_COMPLETE';
}
