import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { count, describeIssues, json, list, parseEnv, text } from './env.ts';
import { ConfigurationError } from './errors.ts';

const schema = z.object({
  NAME: text,
  LIMIT: count(),
  LEAD_SECONDS: count(0),
  HOSTS: list,
  COMMANDS: json(z.record(z.string(), z.array(z.string()))),
});
const good = { NAME: 'n', LIMIT: '3', LEAD_SECONDS: '60', HOSTS: 'a, b,', COMMANDS: '{"x":["y"]}' };

describe('the environment', () => {
  it('is read with numbers, lists and JSON', () => {
    expect(parseEnv(schema, good)).toEqual({
      NAME: 'n',
      LIMIT: 3,
      LEAD_SECONDS: 60,
      HOSTS: ['a', 'b'],
      COMMANDS: { x: ['y'] },
    });
  });

  it('that is incomplete is refused with every missing name at once', () => {
    expect(() => parseEnv(schema, {})).toThrow(ConfigurationError);
    expect(() => parseEnv(schema, {})).toThrow(
      /NAME is missing; LIMIT is missing; LEAD_SECONDS is missing; HOSTS is missing; COMMANDS is missing/,
    );
  });

  it('that is malformed is refused with the name and what would be right', () => {
    const bad = { NAME: '', LIMIT: '0', LEAD_SECONDS: '1.5', HOSTS: '', COMMANDS: '{"x":"y"}' };
    expect(() => parseEnv(schema, bad)).toThrow(
      /NAME must not be empty; LIMIT must be at least 1; LEAD_SECONDS must be a whole number; COMMANDS must be JSON of the right shape: x: /,
    );
    expect(() => parseEnv(schema, { ...good, COMMANDS: '{' })).toThrow(/COMMANDS must be JSON/);
  });
});

describe('what zod found', () => {
  it('is one line, bounded and without control characters, though it repeats unknown keys', () => {
    const { error } = z.strictObject({}).safeParse({ 'a\u001b[2J\u007f\u009b\nb\ud800': 1, ['x'.repeat(10_000)]: 2 });
    if (error === undefined) throw new Error('accepted');
    const said = describeIssues(error);
    expect(said).toMatch(/^Unrecognized keys: "a\\u001b\[2J\\u007f\\u009b\\u000ab/);
    expect(said.length).toBeLessThan(2_100);
    expect(said.isWellFormed()).toBe(true);
  });
});
