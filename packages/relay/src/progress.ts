/** Reports how far a mirror is, a few times a second at most. */
import type { MirrorPhase, MirrorProgress } from './options.ts';

const EVERY_MS = 200;

export class ProgressReport {
  readonly #tell: ((progress: MirrorProgress) => void) | undefined;
  readonly #nowMs: () => number;
  #phase: MirrorPhase = 'listing';
  #counts: { refs?: number; objects?: number } = {};
  #bytes = 0;
  #startedMs: number | undefined;
  #toldMs = 0;

  constructor(tell: ((progress: MirrorProgress) => void) | undefined, nowMs: () => number) {
    this.#tell = tell;
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
    if (this.#tell !== undefined && this.#nowMs() - this.#toldMs >= EVERY_MS) this.#say();
  }

  #say(): void {
    if (this.#tell === undefined) return;
    this.#toldMs = this.#nowMs();
    const seconds = (this.#toldMs - (this.#startedMs ?? this.#toldMs)) / 1000;
    this.#tell({
      phase: this.#phase,
      ...this.#counts,
      ...(this.#bytes > 0 ? { bytes: this.#bytes } : {}),
      ...(seconds > 0 ? { bytesPerSecond: Math.round(this.#bytes / seconds) } : {}),
    });
  }
}
