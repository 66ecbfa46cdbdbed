/** What is still to come, earliest first; among equals the one that was added first. A binary heap. */
export interface EventQueue<T> {
  add(atMs: number, event: T): void;
  /** `Infinity` when nothing is to come. */
  nextAtMs(): number;
  take(): T | undefined;
}

export function createEventQueue<T>(): EventQueue<T> {
  const heap: { atMs: number; order: number; event: T }[] = [];
  let added = 0;
  const before = (a: number, b: number): boolean => {
    const [left, right] = [heap[a], heap[b]];
    if (!left || !right) return false;
    return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
  };
  const swap = (a: number, b: number): void => {
    const [left, right] = [heap[a], heap[b]];
    if (left && right) [heap[a], heap[b]] = [right, left];
  };
  return {
    add(atMs, event) {
      added += 1;
      let at = heap.push({ atMs, order: added, event }) - 1;
      for (let parent = (at - 1) >> 1; at > 0 && before(at, parent); parent = (at - 1) >> 1) {
        swap(at, parent);
        at = parent;
      }
    },
    nextAtMs: () => heap[0]?.atMs ?? Number.POSITIVE_INFINITY,
    take() {
      const first = heap[0];
      const last = heap.pop();
      if (!first || !last || heap.length === 0) return first?.event;
      heap[0] = last;
      for (let at = 0; ; ) {
        const [left, right] = [2 * at + 1, 2 * at + 2];
        const child = before(right, left) ? right : left;
        if (!before(child, at)) return first.event;
        swap(at, child);
        at = child;
      }
    },
  };
}
