import { describe, expect, it } from 'vitest';
import { nextCronMs, readCron } from './cron.ts';

const at = (text: string) => Date.parse(text);
const next = (fields: string, zone: string, after: string) => {
  const cron = readCron(fields, zone);
  return cron && new Date(nextCronMs(cron, at(after)) ?? Number.NaN).toISOString();
};

describe('a cron expression', () => {
  it.each([
    ['0 3 * * ? *', 'UTC', '2026-01-05T09:00:00Z', '2026-01-06T03:00:00.000Z'],
    ['0 20 * * ? *', 'Asia/Tokyo', '2026-01-05T09:00:00Z', '2026-01-05T11:00:00.000Z'],
    ['0 20 * * ? *', 'Asia/Tokyo', '2026-01-05T11:00:00Z', '2026-01-06T11:00:00.000Z'],
    ['15/20 8-9 ? * MON-FRI *', 'Europe/Berlin', '2026-01-09T08:55:00Z', '2026-01-12T07:15:00.000Z'],
    ['0 0 1 JAN,JUL ? *', 'UTC', '2026-01-05T09:00:00Z', '2026-07-01T00:00:00.000Z'],
    ['30 12 29 2 ? *', 'Asia/Kolkata', '2027-01-05T09:00:00Z', '2028-02-29T07:00:00.000Z'],
    // The hour is one earlier in UTC after the clocks were put forward on 29 March.
    ['0 3 * * ? *', 'Europe/Berlin', '2026-03-28T03:00:00Z', '2026-03-29T01:00:00.000Z'],
    // The clocks jump over this time, so that day has no firing; and on 25 October they show it twice, and it has one.
    ['30 2 * * ? *', 'Europe/Berlin', '2026-03-28T03:00:00Z', '2026-03-30T00:30:00.000Z'],
    ['30 2 * * ? *', 'Europe/Berlin', '2026-10-24T03:00:00Z', '2026-10-25T00:30:00.000Z'],
    ['30 2 * * ? *', 'Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00.000Z'],
    ['45 1 * * ? *', 'Australia/Lord_Howe', '2026-04-04T14:45:00Z', '2026-04-05T15:15:00.000Z'],
  ])('%s in %s comes after %s at %s', (fields, zone, after, expected) => {
    expect(next(fields, zone, after)).toBe(expected);
  });

  it.each(['0 3 * * * *', '0 3 ? * ? *', '0 24 * * ? *', '0 3 * * ?', 'a 3 * * ? *', '5-1 3 * * ? *', '? 3 * * ? *'])(
    '%s is none',
    (fields) => {
      expect(readCron(fields, 'UTC')).toBeUndefined();
    },
  );
});
