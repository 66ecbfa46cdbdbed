/** What is checked, what the harness did in the emulator's stead, and what was left out: each is printed, none passed over. */
import { setTimeout as sleep } from 'node:timers/promises';

/** There is nothing to test against, or it is not empty: exit status 2. */
export class Unusable extends Error {
  override readonly name = 'Unusable';
}

export interface Check {
  name: string;
  ok: boolean;
  seconds: number;
  detail: string;
}

export interface Report {
  emulator: string;
  checks: Check[];
  /** What the harness did because the emulator does not. */
  injected: string[];
  /** What the emulator does not have, in its own words or those of the command that asked it. */
  lacks: string[];
  /** What this run says nothing about. */
  notShown: string[];
}

export class Steps {
  readonly report: Report;
  readonly #say: (line: string) => void;

  constructor(emulator: string, say: (line: string) => void) {
    this.report = { emulator, checks: [], injected: [], lacks: [], notShown: [] };
    this.#say = say;
  }

  /** Runs a check; what it returns is its detail. @returns whether it held. */
  async check(name: string, run: () => Promise<string>): Promise<boolean> {
    const startMs = Date.now();
    const [ok, detail] = await run().then(
      (text) => [true, text] as const,
      (error: Error) => [false, `${error.name}: ${error.message}`] as const,
    );
    const seconds = (Date.now() - startMs) / 1_000;
    this.report.checks.push({ name, ok, seconds, detail });
    this.#say(`${ok ? 'ok  ' : 'FAIL'} ${seconds.toFixed(1).padStart(6)} s  ${name}: ${detail}`);
    return ok;
  }

  inject(what: string): void {
    if (this.report.injected.includes(what)) return;
    this.report.injected.push(what);
    this.#say(`          injected: ${what}`);
  }

  lack(what: string): void {
    if (!this.report.lacks.includes(what)) this.report.lacks.push(what);
  }

  leaveOut(what: string): void {
    this.report.notShown.push(what);
  }

  get ok(): boolean {
    return this.report.checks.every((check) => check.ok);
  }
}

/** Looks until `look` finds something. @throws Error saying what was waited for. */
export async function waitFor<Found>(
  what: string,
  withinSeconds: number,
  look: () => Promise<Found | undefined>,
): Promise<Found> {
  const givesUpAtMs = Date.now() + withinSeconds * 1_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > givesUpAtMs) throw new Error(`${what} did not come within ${withinSeconds} s`);
    await sleep(500);
  }
}
