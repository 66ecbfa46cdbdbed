/** What AWS says of a refusal, fit for an event, a dead letter and a log line. */

/** An event, an item or a log line should carry no more. */
const MAX_QUOTED = 1_000;

/**
 * AWS's own words without what they must not carry on: access keys, signatures and session tokens of a quoted request, credentials in an
 * address, and the encoded reason of a denial, which is thousands of characters long and tells whoever may decode it about the policies.
 */
export function quoteAws(message: string): string {
  return message
    .replace(/Encoded authorization failure message: \S+/gi, 'Encoded authorization failure message: (left out)')
    .replace(/\b(AKIA|ASIA)[A-Z0-9]{12,}\b/g, '$1****')
    .replace(/\b(X-Amz-(?:Signature|Credential|Security-Token))=[^&\s"']+/gi, '$1=****')
    .replace(/\/\/[^/@\s]+@/g, '//****@')
    .slice(0, MAX_QUOTED)
    .toWellFormed();
}
