/** What people read of a mirror. */
import { expect, it } from 'vitest';
import { createProgressLine, describeProgress } from './progress-line.ts';
import { formatBytes } from './report.ts';

it('counts bytes by thousands', () => {
  expect([0, 999, 1000, 1_234_567, 999_999, 5e12].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '1.2 MB',
    '1.0 MB',
    '5.0 TB',
  ]);
});

it('shows refs, objects, bytes and rate', () => {
  const progress = {
    phase: 'transferring',
    refs: 3,
    objects: 1234,
    bytes: 5_000_000,
    bytesPerSecond: 2_500_000.4,
  } as const;
  expect(describeProgress(progress)).toBe('transferring  3 refs  1,234 objects  5.0 MB  2.5 MB/s');
});

it('writes one line over and over, not too often, and takes it away', () => {
  let [written, nowMs] = ['', 0];
  const line = createProgressLine({ write: (text) => (written += text), columns: 20 }, () => nowMs);
  line.show({ phase: 'transferring', bytes: 1 });
  line.show({ phase: 'transferring', bytes: 2 });
  nowMs = 200;
  line.show({ phase: 'transferring', bytes: 3_000_000 });
  line.clear();
  expect(written).toBe('\r\u001b[Ktransferring  1 B\r\u001b[Ktransferring  3.0 M\r\u001b[K');
});
