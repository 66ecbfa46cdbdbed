/** A lease played through its commands at given minutes, for tests: each step decides, and keeps the facts. */

import type { Command, Fact, StackObservation, TaskOutcome } from './commands.ts';
import { decide } from './decide.ts';
import { type LeaseState, newLease } from './lease.ts';
import { defaultSettings, type LeaseSettings, MINUTE_MS } from './settings.ts';
import type { Request, TaskItem } from './task.ts';
import { nextTimer } from './timer.ts';

export const STACK = 'arn:aws:cloudformation:ap-northeast-1:111111111111:stack/endpoints/1';

export function request(repository: string, requestId: string, atMs = 0, delayMs = 0): Request {
  const task = { kind: 'mirror' as const, repository, sourceUrl: `https://git.test/${repository}`, destination: 'd' };
  return { requestId, task, acceptedAtMs: atMs, startByMs: atMs + delayMs };
}

export class Scenario {
  state: LeaseState = { lease: newLease('main'), items: new Map(), seen: new Set(), complete: true };
  facts: Fact[] = [];
  nowMs = 0;
  settings: LeaseSettings;

  constructor(settings: Partial<LeaseSettings> = {}) {
    // Hours from the creation, so that a test's minutes mean the same wherever its hour begins.
    this.settings = { ...defaultSettings, billingClock: 'anchored', ...settings };
  }

  get lease() {
    return this.state.lease;
  }

  item(repository = 'app'): TaskItem | undefined {
    return this.state.items.get(`mirror:${repository}`);
  }

  at(minute: number): this {
    this.nowMs = minute * MINUTE_MS;
    return this;
  }

  /** Decides, arms and bumps the version, as a write would. @returns whether anything changed. */
  do(...commands: Command[]): boolean {
    const decision = decide(this.state, commands, this.nowMs, this.settings);
    this.facts.push(...decision.facts);
    const timer = nextTimer(decision.state, this.nowMs, this.settings);
    if (!decision.changed && timer?.id === this.lease.timer?.id) return false;
    const lease = { ...decision.state.lease, timer, version: decision.state.lease.version + 1 };
    this.state = { ...decision.state, lease };
    return decision.changed;
  }

  ask(repository = 'app', requestId = 'r1', delayMs = 0): boolean {
    return this.do({ type: 'requestAccepted', request: request(repository, requestId, this.nowMs, delayMs) });
  }

  fire(stack?: StackObservation): boolean {
    const timerId = this.lease.timer?.id ?? 'none';
    return this.do({ type: 'timerFired', timerId, ...(stack && { stack }) });
  }

  /** From closed to open, the stack being asked for at once and made two minutes later. */
  open(minute: number): this {
    this.at(minute).do({ type: 'creationAsked', fence: this.lease.fence });
    const createdAtMs = this.nowMs;
    this.at(minute + 2).do({ type: 'stackCreated', fence: this.lease.fence, stackId: STACK, createdAtMs });
    return this;
  }

  claim(token: string, repository = 'app'): boolean {
    const work = { ...request(repository, '').task, kind: 'mirror' as const, timeLimitSeconds: 60 } as never;
    return this.do({ type: 'taskClaimed', taskKey: `mirror:${repository}`, token, parameters: { token }, work });
  }

  finish(token: string, outcome: TaskOutcome = { status: 'succeeded' }, repository = 'app'): boolean {
    return this.do({ type: 'taskFinished', taskKey: `mirror:${repository}`, token, outcome });
  }

  deleted(): boolean {
    const { fence, stackId, openedAtMs } = this.lease;
    const stack = { fence, stackId: stackId ?? STACK, createdAtMs: openedAtMs ?? 0, deletedAtMs: this.nowMs };
    return this.do({ type: 'stackDeleted', ...stack });
  }
}

export const failed: TaskOutcome = { status: 'failed', started: true, message: 'exit 1' };
export const notStarted: TaskOutcome = { status: 'failed', started: false, message: 'cannot pull' };
export const noCapacity: TaskOutcome = { status: 'noCapacity', message: 'RESOURCE:FARGATE' };
