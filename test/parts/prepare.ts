/** Looks for every part, brings what can be brought, and says what is missing. In CI nothing may be missing. */
import type { Found, Part, PartName, Readiness } from './part.ts';
import { partGroups, parts } from './parts.ts';

/** What `needs` reads in the processes of the tests: the names of the missing parts, with commas between. */
export const MISSING_VARIABLE = 'HOURGLASS_TEST_MISSING';

/** Puts into `process.env` what the tests find the parts by. */
export async function prepareParts(): Promise<Readiness> {
  const found: Partial<Record<PartName, Found>> = {};
  const missing: Partial<Record<PartName, string>> = {};
  await Promise.all(
    partGroups.map(async (group) => {
      for (const part of group) {
        const taken = await takeFirst(part);
        if (typeof taken === 'string') missing[part.name] = taken;
        else {
          found[part.name] = taken;
          Object.assign(process.env, taken.environment);
        }
      }
    }),
  );
  process.env[MISSING_VARIABLE] = Object.keys(missing).join(',');
  return { found, missing };
}

/** Lines for people: each missing part and what for, the command that brings it, and what was tried. */
export async function describeMissing({ missing }: Readiness): Promise<string[]> {
  const lines: string[] = [];
  for (const { name, title, purpose, command } of parts) {
    const reason = missing[name];
    if (reason === undefined) continue;
    lines.push(`${title}, for ${purpose}`, `  brought by: ${await command()}`, `  tried: ${reason}`);
  }
  return lines;
}

async function takeFirst({ ways }: Part): Promise<Found | string> {
  const reasons: string[] = [];
  for (const way of ways) {
    try {
      return await way();
    } catch (error) {
      reasons.push((error as Error).message.trim().replaceAll(/\s*\n\s*/g, ' '));
    }
  }
  return reasons.join('; ');
}
