/** What can go wrong at the test server, by phase, and the streams that make it so. */
import type { IncomingHttpHeaders } from 'node:http';
import { Transform } from 'node:stream';
import type { Phase } from './git-request.ts';

export interface Faults {
  /** Compresses every answer of git's, whoever has asked for it or not. */
  gzips?: boolean;
  /** Answers the next `times` requests of the phase with a status instead of git's answer. */
  answer?: { readonly on: Phase; readonly status: number; readonly retryAfterSeconds?: number; times: number };
  /** As fronts do: answers a request of the phase by its head alone and closes, while the body is still being sent. */
  early?: {
    readonly on: Phase;
    readonly status: number;
    readonly text: string;
    readonly isFor: (headers: IncomingHttpHeaders) => boolean;
    times: number;
  };
  /**
   * Breaks the connection, `times` times: while the request's body is read, or while the answer is written (at 0 bytes, when git has done
   * its work and nobody hears of it).
   */
  cut?: { readonly on: Phase; readonly side: 'request' | 'answer'; readonly afterBytes: number; times: number };
  /** A server that takes no thin packs, and either says `no-thin` or lets the client find out. */
  refuseThin?: 'announced' | 'unannounced';
  /** As a front before a server: a push of more is answered 413, as soon as more of it has come. */
  maxPushBytes?: number;
  /** Every push is cut where this says. */
  cutPushesAt?: () => number;
  /** How fast bodies of pushes are read. */
  pushBytesPerSecond?: number;
  /** Runs before git sees a request of the phase. */
  before?: { readonly on: Phase; readonly run: () => Promise<unknown> };
  /** Rewrites git's answer in the phase. */
  garble?: { readonly on: Phase; readonly change: (body: Buffer) => Buffer };
}

/** Passes exactly `limit` bytes on, then calls `reached` and stands still; `reached` is to destroy the connection. */
export function createCut(limit: number, reached: () => void): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const part = chunk.subarray(0, Math.max(0, limit - passed));
      passed += chunk.length;
      if (passed < limit) return done(null, part);
      if (part.length > 0) this.push(part);
      // Not at once, so that what has passed gets through.
      setImmediate(reached);
    },
  });
}

/** Passes bytes on at a pace, holding at most one chunk, so that its writer feels it. */
export function createThrottle(bytesPerSecond: number): Transform {
  const startedMs = performance.now();
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      const waitMs = startedMs + (passed / bytesPerSecond) * 1000 - performance.now();
      setTimeout(() => done(null, chunk), Math.max(0, waitMs));
    },
  });
}
