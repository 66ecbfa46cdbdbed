/**
 * Timers in order of time, then of scheduling: a binary heap. A cancelled timer stays until it comes up.
 */
import type { TimerHandle } from './clock.ts';

export interface Timer extends TimerHandle {
  readonly sequence: number;
  readonly fn: () => void | Promise<void>;
  state: 'waiting' | 'done';
}

export class TimerHeap {
  readonly #timers: Timer[] = [];

  peek(): Timer | undefined {
    while (this.#timers[0]?.state === 'done') {
      this.pop();
    }
    return this.#timers[0];
  }

  push(timer: Timer): void {
    const heap = this.#timers;
    let index = heap.length;
    heap.push(timer);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Timer;
      if (isBefore(above, timer)) {
        break;
      }
      heap[index] = above;
      index = parent;
    }
    heap[index] = timer;
  }

  pop(): void {
    const heap = this.#timers;
    const last = heap.pop() as Timer;
    if (heap.length === 0) {
      return;
    }
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) {
        break;
      }
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Timer, heap[child] as Timer)) {
        child += 1;
      }
      if (isBefore(last, heap[child] as Timer)) {
        break;
      }
      heap[index] = heap[child] as Timer;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(left: Timer, right: Timer): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.sequence < right.sequence);
}
