/** The parts as a plugin of vitest: they are ready before its first test, and listed after its last. */
import type { Plugin } from 'vitest/config';
import type { Readiness } from './part.ts';
import { describeMissing, prepareParts } from './prepare.ts';
import { PartsReporter } from './reporter.ts';
import { useScratchInMemory } from './scratch.ts';

/** vitest reads its configuration once for each project, each time in a module of its own; the process is one. */
const shared = globalThis as { hourglassParts?: Promise<Readiness> };

const FOR_PROGRAMS = new Set<unknown>(['json', 'junit', 'tap', 'tap-flat']);

/** With CI set, a missing part ends this process with status 1 before any test runs. */
export async function withParts(): Promise<Plugin> {
  shared.hourglassParts ??= prepareOrEnd();
  const readiness = await shared.hourglassParts;
  return {
    name: 'hourglass-parts',
    configureVitest({ vitest: { config } }) {
      if (config.reporters.some((reporter) => reporter?.constructor?.name === PartsReporter.name)) return;
      // Another reporter's standard output may be read by a program.
      const read = config.reporters.some((reporter) => Array.isArray(reporter) && FOR_PROGRAMS.has(reporter[0]));
      const output = read ? process.stderr : process.stdout;
      config.reporters.push(new PartsReporter(readiness, (text) => output.write(text)));
    },
  };
}

async function prepareOrEnd(): Promise<Readiness> {
  await useScratchInMemory();
  const readiness = await prepareParts();
  if (process.env.CI && Object.keys(readiness.missing).length > 0) {
    const lines = await describeMissing(readiness);
    console.error(['In CI no test may be skipped, and parts are missing:', ...lines].join('\n  '));
    process.exit(1);
  }
  return readiness;
}
