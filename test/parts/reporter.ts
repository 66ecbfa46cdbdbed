/**
 * The end of a run: which real parts it had, the tests that were skipped for want of one, by name, with the command that
 * brings it, and one line of counts.
 */
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import type { Readiness } from './part.ts';
import { parts } from './parts.ts';
import { describeMissing } from './prepare.ts';

export class PartsReporter implements Reporter {
  readonly #readiness: Readiness;
  readonly #write: (text: string) => unknown;

  /** @param write takes text that ends with a line end */
  constructor(readiness: Readiness, write: (text: string) => unknown) {
    this.#readiness = readiness;
    this.#write = write;
  }

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    // A file that cannot be loaded, or whose set-up fails, is a failure even if none of its tests is.
    const broken = modules.filter((module) => module.state() === 'failed' && !hasFailed(module)).length;
    const lines = [
      ...this.#describeFound(),
      ...(await this.#describeSkipped(tests)),
      `${count('passed')} passed, ${count('failed') + broken} failed, ${count('skipped')} skipped`,
    ];
    this.#write(`${lines.join('\n')}\n`);
  }

  #describeFound(): string[] {
    const { found } = this.#readiness;
    const lines = parts.flatMap(({ name }) => (found[name] === undefined ? [] : [`  ${found[name].what}`]));
    if (found.java === undefined) lines.unshift('  DynamoDB is the engine in memory, not DynamoDB Local');
    return ['Real parts of this run:', ...lines, ''];
  }

  async #describeSkipped(tests: readonly TestCase[]): Promise<string[]> {
    const wanting = tests.filter((test) => (test.meta().missing ?? []).length > 0);
    const names = wanting.map((test) => `  ${test.module.relativeModuleId} > ${test.fullName}`);
    const missing = await describeMissing(this.#readiness);
    if (missing.length === 0) return [];
    return [
      'Missing parts, and what brings them:',
      ...missing.map((line) => `  ${line}`),
      ...(names.length === 0 ? [] : [`Skipped for want of them, ${names.length} tests:`, ...names]),
      '',
    ];
  }
}

const hasFailed = (module: TestModule) => [...module.children.allTests('failed')].length > 0;
