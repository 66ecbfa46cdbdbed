import { expect, it } from 'vitest';
import { quoteAws } from './quote-aws.ts';

it('keeps what AWS said, and nothing that opens a door', () => {
  const encoded = 'x9'.repeat(2_000);
  const said = [
    'You are not authorized to perform this operation. User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: ec2:CreateVpcEndpoint with an explicit deny in a service control policy.',
    `Encoded authorization failure message: ${encoded} (Service: Ec2)`,
    'key ASIAIOSFODNN7EXAMPLE, https://bucket/x?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F2026&X-Amz-Signature=abc123 and https://me:secret@git.test/x',
  ].join(' ');
  const quoted = quoteAws(said);
  expect(quoted).toContain(
    'explicit deny in a service control policy. Encoded authorization failure message: (left out) (Service: Ec2)',
  );
  expect(quoted).not.toMatch(/x9x9|ASIAIOS|AKIAIOS|abc123|secret@/);
});

it('is short, and cut between characters', () => {
  const quoted = quoteAws(`${'a'.repeat(999)}\u{1f600}`);
  expect(quoted).toHaveLength(1_000);
  expect(quoted.isWellFormed()).toBe(true);
});
