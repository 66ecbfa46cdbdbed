/**
 * The life of stacks. CREATE_IN_PROGRESS → (its resources, created as its role) → CREATE_COMPLETE after `createMs`; a failure goes where
 * OnFailure says. DELETE_IN_PROGRESS → DELETE_COMPLETE after `deleteMs`. Every status is an event on the default bus, as on AWS.
 * With OnFailure DELETE a failed stack goes straight to DELETE_IN_PROGRESS, without a CREATE_FAILED of its own.
 */
import type { CloudCore } from '../core.ts';
import { recordResource, recordStack } from './events.ts';
import { createResources, deleteResources, type FailingHook, lookForEndpoints } from './resources.ts';
import { createStackScope, resolveStackOutputs } from './scope.ts';
import { isLiving, type Stack, type StackResource } from './stack.ts';

/** How long operations take, in milliseconds of the virtual clock. May be changed while the world runs. */
export interface StackTimings {
  createMs: number;
  deleteMs: number;
}

/** What `Stacks` is asked to let go wrong. */
export interface PlannedFailures {
  create: string | undefined;
  delete: string | undefined;
  /** Of every creation, until it is taken away. */
  hook?: FailingHook | undefined;
}

/** CloudFormation takes a moment before it calls anyone. */
const FIRST_CALL_AFTER_MS = 1_000;
/** Resources are asked to go this long before the stack's own end, so that a slow deletion is slow for what is paid, too. */
const RESOURCES_GO_BEFORE_MS = 20_000;
const LOOK_AGAIN_AFTER_MS = 5_000;

export class Stacks {
  readonly #core: CloudCore;
  readonly timings: StackTimings;
  readonly planned: PlannedFailures = { create: undefined, delete: undefined };
  readonly #stacks = new Map<string, Stack>();

  constructor(core: CloudCore, timings: StackTimings) {
    this.#core = core;
    this.timings = timings;
  }

  all(): Stack[] {
    return [...this.#stacks.values()];
  }

  /** By id: also a deleted one. By name: the living one. */
  find(nameOrId: string): Stack | undefined {
    if (nameOrId.startsWith('arn:')) return this.#stacks.get(nameOrId);
    return this.all().find((stack) => stack.name === nameOrId && isLiving(stack));
  }

  /** Begins the creation of a checked stack. */
  create(stack: Stack): void {
    this.#stacks.set(stack.id, stack);
    const failure = this.planned.create;
    this.planned.create = undefined;
    this.#set(stack, 'CREATE_IN_PROGRESS', 'User Initiated');
    const doneAtMs = stack.createdAtMs + this.timings.createMs;
    this.#later(stack, stack.createdAtMs + Math.min(FIRST_CALL_AFTER_MS, this.timings.createMs), async () => {
      const failed = await createResources(this.#core, stack, this.planned.hook);
      if (failed !== undefined) return this.#fail(stack, `The following resource(s) failed to create: [${failed}].`);
      const timeoutAtMs = stack.timeoutMs === undefined ? undefined : stack.createdAtMs + stack.timeoutMs;
      if (timeoutAtMs !== undefined && timeoutAtMs < doneAtMs) {
        this.#later(stack, timeoutAtMs, () => this.#fail(stack, 'Stack creation time exceeded the specified timeout.'));
      } else if (failure !== undefined) {
        this.#later(stack, doneAtMs, () => this.#fail(stack, failure));
      } else {
        this.#later(stack, doneAtMs, () => this.#completeWhenAvailable(stack));
      }
    });
  }

  /** Begins the deletion; nothing for one that is going or gone. */
  delete(stack: Stack, { token, reason = 'User Initiated' }: { token: string | undefined; reason?: string }): void {
    if (stack.status === 'DELETE_IN_PROGRESS' || stack.status === 'DELETE_COMPLETE') return;
    stack.operation += 1;
    stack.token = token;
    this.#set(stack, 'DELETE_IN_PROGRESS', reason);
    const failure = this.planned.delete;
    this.planned.delete = undefined;
    const startMs = this.#core.clock.nowMs();
    const doneAtMs = startMs + this.timings.deleteMs;
    const goAtMs = Math.max(
      startMs + Math.min(FIRST_CALL_AFTER_MS, this.timings.deleteMs),
      doneAtMs - RESOURCES_GO_BEFORE_MS,
    );
    this.#later(stack, goAtMs, async () => {
      const failed = failure ?? (await deleteResources(this.#core, stack));
      this.#later(stack, doneAtMs, () =>
        failed === undefined ? this.#goneWhenDeleted(stack) : this.#set(stack, 'DELETE_FAILED', failed),
      );
    });
  }

  /** An endpoint that is still pending keeps its stack in progress. */
  async #completeWhenAvailable(stack: Stack): Promise<void> {
    const { waits, failure } = await lookForEndpoints(this.#core, stack, 'pending');
    if (failure !== undefined) return this.#fail(stack, failure);
    // The time that CreateStack was given holds for all of it, endpoints that stay pending included.
    if (waits && this.#core.clock.nowMs() >= stack.createdAtMs + (stack.timeoutMs ?? Number.POSITIVE_INFINITY)) {
      return this.#fail(stack, 'Stack creation time exceeded the specified timeout.');
    }
    if (waits) return this.#lookAgain(stack, () => this.#completeWhenAvailable(stack));
    stack.outputs = resolveStackOutputs(stack, createStackScope(this.#core, stack));
    for (const resource of stack.resources.values()) this.#recordDone(stack, resource, 'CREATE_COMPLETE');
    this.#set(stack, 'CREATE_COMPLETE', undefined);
  }

  async #goneWhenDeleted(stack: Stack): Promise<void> {
    const { waits, failure } = await lookForEndpoints(this.#core, stack, 'deleting');
    if (failure !== undefined) return this.#set(stack, 'DELETE_FAILED', failure);
    if (waits) return this.#lookAgain(stack, () => this.#goneWhenDeleted(stack));
    for (const resource of stack.resources.values()) this.#recordDone(stack, resource, 'DELETE_COMPLETE');
    stack.resources.clear();
    stack.deletedAtMs = this.#core.clock.nowMs();
    this.#set(stack, 'DELETE_COMPLETE', undefined);
  }

  #lookAgain(stack: Stack, next: () => Promise<void>): void {
    this.#later(stack, this.#core.clock.nowMs() + LOOK_AGAIN_AFTER_MS, next);
  }

  #fail(stack: Stack, reason: string): void {
    const nowMs = this.#core.clock.nowMs();
    if (stack.onFailure === 'DELETE') {
      this.delete(stack, { token: stack.token, reason: `${reason} Delete requested by user.` });
    } else if (stack.onFailure === 'ROLLBACK') {
      this.#set(stack, 'ROLLBACK_IN_PROGRESS', `${reason} Rollback requested by user.`);
      this.#later(stack, nowMs + this.timings.deleteMs, async () => {
        const failed = await deleteResources(this.#core, stack);
        if (failed === undefined) stack.resources.clear();
        this.#set(stack, failed === undefined ? 'ROLLBACK_COMPLETE' : 'ROLLBACK_FAILED', failed);
      });
    } else this.#set(stack, 'CREATE_FAILED', reason);
  }

  #recordDone(stack: Stack, { logicalId, type, physicalId }: StackResource, status: string): void {
    recordResource(this.#core, stack, { logicalId, type, physicalId, status });
  }

  #set(stack: Stack, status: Stack['status'], reason: string | undefined): void {
    stack.status = status;
    stack.statusReason = reason;
    recordStack(this.#core, stack);
  }

  /** Runs `next` at `atMs`, unless another operation has begun on the stack meanwhile. */
  #later(stack: Stack, atMs: number, next: () => void | Promise<void>): void {
    const { operation } = stack;
    this.#core.clock.schedule(atMs, `stack ${stack.name} (${stack.status})`, () => {
      if (stack.operation === operation) return next();
    });
  }
}
