import { expect, it } from 'vitest';
import { quoteAws } from './refusals.ts';

it('keeps what AWS said, and nothing that opens a door', () => {
  const said = [
    'You are not authorized to perform this operation. User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: ec2:CreateVpcEndpoint with an explicit deny in a service control policy.',
    `Encoded authorization failure message: ${'x9'.repeat(2_000)} (Service: Ec2)`,
    'key ASIAIOSFODNN7EXAMPLE, https://bucket/x?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F2026&X-Amz-Signature=abc123 and https://me:secret@git.test/x',
  ].join(' ');
  const quoted = quoteAws(said);
  expect(quoted).toContain(
    'explicit deny in a service control policy. Encoded authorization failure message: [left out]',
  );
  expect(quoted).not.toMatch(/x9x9|ASIAIOS|AKIAIOS|abc123|secret@/);
});

it('is short, and cut between characters', () => {
  const quoted = quoteAws(`${'so it is '.repeat(111)}${'\u{1f600}'.repeat(9)}`);
  expect(quoted.length).toBe(1_000);
  expect(quoted.isWellFormed()).toBe(true);
});
