/** The invariants of the lease, asked of the whole world after each step and of each call as it is made. */
import { type Fact, paidHours } from '@hourglass/lease';
import { isIdle, isPaused, livingStack, Violation, type World, type WorldStack, type WorldTask } from './world.ts';

export function checkWorld(world: World): void {
  const { lease, items, schedules, stacks, tasks, hasEndpoints } = world;
  for (const state of ['pending', 'running', 'dead', 'held'] as const) {
    const count = [...items.values()].filter((item) => item.state === state).length;
    if (lease[state] !== count) throw new Violation(`the lease counts ${lease[state]} ${state}, there are ${count}`);
  }
  checkPlaces(world);
  if (isIdle(world)) {
    const served = world.requests.find(({ fate }) => fate === 'waiting' || fate === 'dying');
    if (served) throw new Violation(`closed and idle, but request ${served.id} has had neither a run nor a message`);
  } else if (waitsForOperator(world)) {
    // Only a person ends a pause.
  } else if (!schedules.some(({ id }) => id === lease.timer?.id)) {
    throw new Violation(`${lease.phase} with work, and no schedule fires`);
  }
  if (lease.phase === 'closed') {
    const left = stacks.find(({ status, leftBehind }) => status !== 'deleted' || leftBehind);
    if (left) throw new Violation(`the lease is closed, ${left.id} is ${left.status} and billed`);
  }
  const running = tasks.filter(({ status }) => status === 'running');
  const keys = running.flatMap(({ members }) => members.map(({ taskKey }) => taskKey));
  if (new Set(keys).size < keys.length) throw new Violation(`two tasks run for one of ${keys.join()}`);
  if (!hasEndpoints) {
    checkNothing(world);
    return;
  }
  for (const { fence } of running) {
    const stack = stacks.find((candidate) => candidate.fence === fence);
    if (!stack || (stack.status !== 'complete' && !stack.byHand)) {
      throw new Violation(`a task runs, and its endpoints are ${stack?.status ?? 'not there'}`);
    }
  }
}

/** A lease of nothing is open as long as there is work, and only the runner owes it anything. */
function checkNothing(world: World): void {
  const { lease } = world;
  const hasWork = lease.pending + lease.running + lease.dead > 0;
  if (lease.phase !== (hasWork ? 'open' : 'closed')) throw new Violation(`a lease of nothing is ${lease.phase}`);
  if (lease.timer && lease.timer.owner !== 'runner') throw new Violation(`its timer wakes the ${lease.timer.owner}`);
  if (world.stacks.length > 0) throw new Violation('a lease of nothing has a stack');
}

function waitsForOperator({ lease, hasEndpoints }: World): boolean {
  const isShut = lease.phase === 'closed' || !hasEndpoints;
  return isShut && lease.running + lease.dead === 0 && (isPaused(lease) || lease.pending === 0);
}

/** Each item stands in one order, by what it is at: what stands nowhere nobody would ever read again. */
function checkPlaces({ items, places, lease }: World): void {
  const found = Map.groupBy(places, ([, taskKey]) => taskKey);
  for (const { taskKey, state, claim } of items.values()) {
    const [name = '', ...more] = (found.get(taskKey) ?? []).map(([place]) => place);
    if (name === '' || more.length > 0) throw new Violation(`${taskKey} (${state}) has ${more.length} places too many`);
    const orders = state === 'pending' ? ['ready', 'paused'] : [state];
    if (!orders.some((order) => name.startsWith(`${order} `))) throw new Violation(`${taskKey} is ${state} at ${name}`);
    const token = claim && (claim.batchId ?? claim.token);
    if (token && !name.includes(token)) throw new Violation(`${taskKey} runs as ${token} at ${name}`);
  }
  if (places.size > items.size) throw new Violation(`there are ${places.size} places of ${items.size} items`);
  const paused = [...places.keys()].filter((name) => name.startsWith('paused ')).length;
  if (lease.paused !== paused) throw new Violation(`the lease counts ${lease.paused} paused, there are ${paused}`);
}

export function checkCreation(world: World, fence: number): void {
  const { lease, asked } = world;
  if (asked.includes(fence)) throw new Violation(`CreateStack is called twice for fence ${fence}`);
  const other = livingStack(world);
  if (other && !other.byHand) throw new Violation(`CreateStack is called while ${other.id} is ${other.status}`);
  if (lease.phase !== 'opening' || lease.fence !== fence) {
    throw new Violation(`CreateStack is called for fence ${fence}, the lease is ${lease.phase} at ${lease.fence}`);
  }
}

export function checkStart({ lease, items, stacks }: World, { fence, members }: WorldTask): void {
  const stray = members.find(({ taskKey, token }) => items.get(taskKey)?.claim?.token !== token);
  if (stray) throw new Violation(`a task of ${stray.taskKey} starts for a claim that the lease has let go of`);
  if (stacks.some((stack) => stack.fence === fence && stack.byHand)) return;
  if (lease.phase === 'open' && lease.fence === fence) return;
  throw new Violation(`a task of fence ${fence} starts, the lease is ${lease.phase} at ${lease.fence}`);
}

export function checkDeletion({ lease, tasks }: World, stack: WorldStack): void {
  if (stack.byHand) return;
  if (tasks.some(({ status, fence }) => status === 'running' && fence === stack.fence)) {
    throw new Violation(`${stack.id} is deleted while a task runs`);
  }
  if (lease.phase !== 'closing' || lease.stackId !== stack.id) {
    throw new Violation(`${stack.id} is deleted, the lease is ${lease.phase} with ${lease.stackId}`);
  }
}

export function checkSweep({ lease, stacks }: World, fence: number): void {
  const hit = stacks.find((stack) => stack.fence <= fence && stack.status === 'complete' && !stack.byHand);
  if (hit && lease.phase === 'open')
    throw new Violation(`the endpoints of ${hit.id} are swept while the lease is open`);
}

/** Hours are recorded as the bill counts them: from the stack's creation to its end, whatever became of it. */
export function checkHours({ stacks }: World, facts: Fact[]): void {
  for (const fact of facts) {
    if (fact.type !== 'leaseClosed') continue;
    const stack = stacks.find(({ fence }) => fence === fact.fence);
    // What somebody deletes before the lease has heard of it is no longer found by its name.
    if (stack?.byHand) continue;
    const recorded = fact.openedAtMs === null ? 0 : paidHours('anchored', fact.openedAtMs, fact.closedAtMs);
    const billed = stack ? paidHours('anchored', stack.createdAtMs, stack.deletedAtMs ?? fact.closedAtMs) : 0;
    if (recorded < billed)
      throw new Violation(`${billed} hours are billed for fence ${fact.fence}, ${recorded} recorded`);
  }
}
