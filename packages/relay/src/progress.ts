/** Reports how far a mirror is, a few times a second at most. */
import type { MirrorPhase, MirrorProgress } from './options.ts';

const EVERY_MS = 200;

export class ProgressReport {
  readonly #onProgress: ((progress: MirrorProgress) => void) | undefined;
  readonly #nowMs: () => number;
  #phase: MirrorPhase = 'listing';
  #counts: { refs?: number; objects?: number } = {};
  #bytes = 0;
  #startedMs: number | undefined;
  #reportedMs = 0;

  constructor(onProgress: ((progress: MirrorProgress) => void) | undefined, nowMs: () => number) {
    this.#onProgress = onProgress;
    this.#nowMs = nowMs;
  }

  get phase(): MirrorPhase {
    return this.#phase;
  }

  enter(phase: MirrorPhase): void {
    this.#phase = phase;
    this.#say();
  }

  count(counts: { refs?: number; objects?: number }): void {
    this.#counts = { ...this.#counts, ...counts };
    this.#say();
  }

  /** Bytes of a pack have passed. */
  carry(bytes: number): void {
    this.#bytes += bytes;
    this.#startedMs ??= this.#nowMs();
    if (this.#onProgress !== undefined && this.#nowMs() - this.#reportedMs >= EVERY_MS) this.#say();
  }

  #say(): void {
    if (this.#onProgress === undefined) return;
    this.#reportedMs = this.#nowMs();
    const seconds = (this.#reportedMs - (this.#startedMs ?? this.#reportedMs)) / 1000;
    this.#onProgress({
      phase: this.#phase,
      ...this.#counts,
      ...(this.#bytes > 0 ? { bytes: this.#bytes } : {}),
      ...(seconds > 0 ? { bytesPerSecond: Math.round(this.#bytes / seconds) } : {}),
    });
  }
}
