/**
 * Every rule of the protocol switched off, one at a time, as an edit of the source: what the exploration must find. The bound of rule 6 on redrives is
 * the replay service's, and is switched off in `test/simulation/redrives.proof.test.ts`.
 */
import { pauseOfAll, pauseOfOne, twoRepositories, twoRequests } from './bounds.ts';
import type { Bound } from './explore.ts';

export interface Edit {
  file: string;
  find: string;
  replace: string;
}

export interface PlantedBug {
  name: string;
  edits: Edit[];
  /** Where it is looked for, if not in the bound that all share. */
  bound?: Partial<Bound>;
}

const lease = (file: string, find: string, replace: string): Edit => ({
  file: `packages/lease/src/${file}`,
  find,
  replace,
});
const service = (file: string, find: string, replace: string): Edit => ({ file: `services/${file}`, find, replace });

const TIMER = 'runner: timer';
const NEXT = 'time passes to the next firing';
const OPENING = ['intake takes request 1', 'provisioner: needed'];
const OPEN = [...OPENING, 'stack-1 is complete', 'provisioner: stackChanged stack-1'];
const RUN = [...OPEN, 'runner: workOrEndpoints'];
const TAKEN_AWAY = ['stack-1 is deleted by hand', 'teardown: stackChanged stack-1'];
const BOTH_RUN = [
  'intake takes request 1',
  'intake takes request 2',
  'provisioner: needed',
  'stack-1 is complete',
  'provisioner: stackChanged stack-1',
  'runner: workOrEndpoints',
];
const IDLE = [...RUN, 'mirror:a has succeeded'];

const CREATE = '  if (timer && timer.id !== old?.id) await effects.timers.create(after.lease.leaseId, timer);\n';
const COMMIT = '  await effects.store.commit(before, after, facts, nowMs);\n';
const DELETE = '  if (old && timer?.id !== old.id) await effects.timers.delete(old).catch(() => {});\n';
const TELL = '    await Promise.all(dead.map((item) => effects.sendDeadLetters(deadTask(effects.leaseId, item))));\n';

const DIRECT_RUN = ['intake takes request 1', 'runner: workOrEndpoints'];
const HAND_OVER = '    if (leaving.length > 0) await effects.handOver?.(leaving);\n';

export const plantedBugs: PlantedBug[] = [
  {
    name: 'rule 1: the schedule is created after the write',
    edits: [lease('advance.ts', CREATE, ''), lease('advance.ts', COMMIT, COMMIT + CREATE)],
  },
  {
    name: 'rule 1: the replaced schedule is deleted before the write',
    edits: [lease('advance.ts', DELETE, ''), lease('advance.ts', COMMIT, DELETE + COMMIT)],
  },
  {
    name: 'rule 1: a timer may fire sooner than patience from now',
    edits: [lease('timer.ts', 'Math.max(dueAtMs, nowMs + settings.patienceMs)', 'Math.max(dueAtMs, nowMs)')],
    bound: {
      after: [...OPEN, NEXT, TIMER, NEXT, TIMER, NEXT, TIMER, NEXT, `${TIMER}, stopped before write`],
    },
  },
  {
    name: 'rule 1: who loses the compare-and-set deletes the timer',
    edits: [
      lease(
        'advance.ts',
        '      await effects.pauseBeforeRetry(attempt);',
        '      if (before.lease.timer) await effects.timers.delete((await effects.store.load(leaseId, scope)).lease.timer);',
      ),
    ],
    bound: { after: OPENING },
  },
  {
    name: 'rule 2: one timer owner for all states',
    edits: [
      lease(
        'timer.ts',
        'const wanted = timerAt(state, nowMs, settings);',
        "const due = timerAt(state, nowMs, settings); const wanted = due && { ...due, owner: 'runner' };",
      ),
    ],
  },
  {
    name: 'rule 3: whoever sees the ask recorded makes the creating call',
    edits: [service('provisioner/src/provision.ts', '  if (!asked.changed) return;\n', '')],
  },
  {
    name: 'rule 3: an ask that came to nothing is made again for the same fence',
    edits: [
      lease(
        'stack.ts',
        '    countFailure(draft, reason, passes);\n    enterClosed(draft, nowMs);\n    return;',
        '    lease.askedAtMs = null;\n    return;',
      ),
    ],
    bound: { faults: 1 },
  },
  {
    name: 'rule 3: RunTask before the claim is written',
    edits: [
      service(
        'runner/src/claim.ts',
        'parametersFor(batchId, state.lease.fence, refused, ids);\n',
        'parametersFor(batchId, state.lease.fence, refused, ids); void effects.tasks.run(parameters).catch(() => {});\n',
      ),
    ],
    bound: { after: OPEN },
  },
  {
    name: 'rule 3: RunTask is repeated by whoever the timer has woken, though another has answered it',
    edits: [
      service(
        'runner/src/run.ts',
        "answers && state.lease.phase === 'open' ? toRepeat.filter((task) => stands(task, state)) : []",
        'toRepeat',
      ),
    ],
    bound: { faults: 1, pauses: 2, after: [...OPEN, 'runner: workOrEndpoints, stopped before runTask', NEXT] },
  },
  {
    name: 'rule 4: "not there" is believed at once',
    edits: [lease('stack.ts', '    if (nowMs < lease.askedAtMs + settings.patienceMs) return;\n', '')],
    bound: { after: ['intake takes request 1', NEXT] },
  },
  {
    name: 'rule 4: a task that ECS does not list yet is believed to be gone',
    edits: [
      service(
        'runner/src/reconcile.ts',
        "      if (task === 'missing' && nowMs < claimedAtMs + effects.settings.patienceMs) return [];\n",
        '',
      ),
    ],
    bound: { faults: 2, after: [...OPEN, NEXT, 'runner: workOrEndpoints', ...TAKEN_AWAY] },
  },
  {
    name: 'rule 4: a task that is not there is believed never to have started, though RunTask may be under way',
    edits: [
      lease(
        'looks.ts',
        'if (claim.taskArn === null) return claim.seenAtMs + patienceMs;',
        'if (claim.taskArn === null) return claim.seenAtMs;',
      ),
    ],
    bound: { faults: 1, after: [...OPEN, NEXT, 'runner: workOrEndpoints, stopped before runTask', ...TAKEN_AWAY] },
  },
  {
    name: 'rule 5: a finish counts for any token',
    edits: [lease('draft.ts', 'item?.claim?.token === token', 'item?.claim')],
    bound: { after: [...IDLE, 'runner: taskStopped', 'intake takes request 2'] },
  },
  {
    name: 'rule 5: a token is used twice',
    edits: [
      service('runner/src/claim.ts', 'claims.length + index, nowMs)', 'claims.length + index, 0)'),
      service('runner/src/claim.ts', '(lease.version + 1).toString(36)', "'0'"),
    ],
    bound: { after: RUN },
  },
  {
    name: 'rule 6: a retry is made after the finishing transaction, by somebody else',
    edits: [
      lease(
        'attempts.ts',
        'moveItem(draft, taskKey, next);',
        "moveItem(draft, taskKey, again || next.state === 'dead' ? next : null);",
      ),
      service(
        'runner/src/run.ts',
        '  return step;\n',
        "  const failed = step.facts.flatMap((fact) => (fact.type === 'taskFailed' && fact.next === 'retry' ? [fact.request] : []));\n  const anew = failed.map((request) => ({ type: 'requestAccepted' as const, request: { ...request, requestId: request.requestId.concat('+') } }));\n  return anew.length === 0 ? step : advanceAll(effects, { pending: 1, taskKeys: step.facts.flatMap((fact) => ('taskKey' in fact ? [fact.taskKey] : [])) }, () => anew);\n",
      ),
    ],
    bound: { after: RUN },
  },
  {
    name: 'rule 6: a dead item is let go of before its message is sent',
    edits: [
      {
        file: 'shared/src/dead-letters.ts',
        find: TELL,
        replace: '',
      },
      {
        file: 'shared/src/dead-letters.ts',
        find: '      },\n    ]);\n  }\n',
        replace: `      },\n    ]);\n${TELL}  }\n`,
      },
    ],
    bound: { after: RUN },
  },
  {
    name: 'rule 7: hours are counted from when the lease heard of it',
    edits: [lease('transitions.ts', 'lease.openedAtMs = createdAtMs;', 'lease.openedAtMs = nowMs;')],
    bound: { after: [...OPENING, NEXT] },
  },
  {
    name: 'rule 7: failed creations are not recorded',
    edits: [lease('stack.ts', '  lease.openedAtMs = createdAtMs;\n', '')],
    bound: { after: OPENING },
  },
  {
    name: 'rule 7: hours end when the deletion is asked for',
    edits: [
      lease(
        'transitions.ts',
        'fence, openedAtMs, closedAtMs, failed,',
        'fence, openedAtMs, closedAtMs: lease.closingAtMs ?? closedAtMs, failed,',
      ),
    ],
    bound: { after: [...IDLE, 'runner: taskStopped', NEXT, 'teardown: timer'] },
  },
  {
    name: 'the teardown ignores running tasks',
    edits: [
      lease('hour.ts', '  if (lease.running > 0) return true;\n', ''),
      service(
        'teardown/src/tear-down.ts',
        "lease.phase === 'closing' && lease.running === 0 && ",
        "lease.phase === 'closing' && ",
      ),
    ],
    bound: { after: RUN },
  },
  {
    name: 'the fence is not checked',
    edits: [
      lease(
        'stack.ts',
        "draft.lease.phase !== 'opening' || draft.lease.fence !== fence",
        "draft.lease.phase !== 'opening'",
      ),
      lease(
        'stack.ts',
        "  if (lease.phase !== 'opening' || lease.fence !== fence) return false;\n  countFailure",
        "  if (lease.phase !== 'opening') return false;\n  countFailure",
      ),
    ],
    bound: {
      after: [
        ...OPENING,
        'stack-1 is failed',
        'provisioner: stackChanged stack-1',
        'teardown: released',
        'stack-1 is deleted',
      ],
    },
  },
  {
    name: 'the counter moves in another write than the items',
    edits: [
      lease(
        'advance.ts',
        COMMIT,
        '  await effects.store.commit(before, { ...after, items: before.items }, [], nowMs);\n  const lease = { ...after.lease, version: before.lease.version + 1 };\n  await effects.store.commit({ ...before, lease }, { ...after, lease }, facts, nowMs);\n',
      ),
    ],
  },
  {
    name: 'an item that is put off has no place in the orders',
    edits: [
      lease(
        'orders.ts',
        ' : { leaves, takes };',
        " : { leaves, takes: takes?.order === 'paused' ? undefined : takes };",
      ),
    ],
    bound: { after: RUN },
  },
  {
    name: 'an item keeps the place that it has left',
    edits: [lease('orders.ts', ' : { leaves, takes };', ' : { leaves: after && undefined, takes };')],
    bound: { after: OPEN },
  },
  {
    name: 'the paused items are counted once too often, so that the ready ones are not read',
    edits: [
      lease('draft.ts', 'if (isPaused(item)) lease.paused += by;', "if (item.state === 'pending') lease.paused += 1;"),
    ],
    bound: { after: ['intake takes request 1'] },
  },
  {
    name: 'the place up to which running tasks were looked at is kept when a round is over, so that the next begins there',
    edits: [lease('rounds.ts', '[lease.lookByMs, lease.round] = [known, null];', 'lease.lookByMs = known;')],
    bound: { requests: twoRequests(twoRepositories), tasks: 2, after: BOTH_RUN },
  },
  {
    name: 'a request is merged into a running task',
    edits: [
      lease('requests.ts', "if (item.state === 'pending' || item.state === 'held') {", "if (item.state !== 'dead') {"),
    ],
    bound: { after: RUN },
  },
  {
    name: 'the stack is deleted by name',
    edits: [
      service('teardown/src/tear-down.ts', 'askForDeletion(lease.stackId as string,', "askForDeletion('endpoints',"),
    ],
    bound: {
      after: [
        ...IDLE,
        'runner: taskStopped',
        NEXT,
        'teardown: timer',
        'teardown: released, stopped before deleteStack',
        'stack-1 is deleted',
        'intake takes request 2',
      ],
    },
  },
  {
    name: 'a lease of nothing: a claim is given up, and its attempt may go on and push',
    edits: [
      service(
        'runner/src/reconcile.ts',
        'const known = await effects.tasks.letGo(task.taskToken);',
        'const known = await Promise.resolve<string | undefined>(undefined);',
      ),
    ],
    bound: { endpoints: false, faults: 1, after: ['intake takes request 1'] },
  },
  {
    name: 'a lease of nothing: what is handed over is let go of before it is asked for',
    edits: [
      { file: 'shared/src/dead-letters.ts', find: HAND_OVER, replace: '' },
      {
        file: 'shared/src/dead-letters.ts',
        find: '      },\n    ]);\n  }\n',
        replace: `      },\n    ]);\n${HAND_OVER}  }\n`,
      },
    ],
    bound: { endpoints: false, after: [...DIRECT_RUN, 'mirror:a has limited'] },
  },
  {
    name: 'a lease of nothing: it closes while an attempt runs',
    edits: [lease('no-endpoints.ts', 'lease.pending + lease.running + lease.dead === 0', 'lease.pending === 0')],
    bound: { endpoints: false, after: ['intake takes request 1'] },
  },
  {
    name: 'a lease of nothing: a stale token is believed',
    edits: [lease('draft.ts', 'item?.claim?.token === token', 'item?.claim')],
    bound: {
      endpoints: false,
      after: [...DIRECT_RUN, 'mirror:a has succeeded', 'runner: taskStopped', 'intake takes request 2'],
    },
  },
  {
    name: 'a pause stops the closing too',
    edits: [lease('hour.ts', '  if (isHeld(lease)) return false;', '  if (isHeld(lease)) return true;')],
    bound: { asks: pauseOfAll },
  },
  {
    name: 'a resume forgets what waited',
    edits: [lease('holds.ts', "if (item?.state === 'held') moveItem(", 'if (false) moveItem(')],
    bound: { asks: pauseOfOne },
  },
  {
    name: 'a pause opens for what is due all the same',
    edits: [
      lease(
        'policy.ts',
        'lease.startByMs === null || isHeld(lease)) return null;',
        'lease.startByMs === null) return null;',
      ),
    ],
    bound: { asks: pauseOfAll },
  },
  {
    name: 'a pause calls off an opening whose stack was asked for',
    edits: [lease('holds.ts', ' && lease.askedAtMs === null) enterClosed', ') enterClosed')],
    bound: { asks: pauseOfAll },
  },
];
