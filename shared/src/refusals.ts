/** What AWS says when it refuses a call, as a person may read it and a log may keep it. */

/** SQS, events and the table have room for no more. */
const MAX_REFUSAL = 1_000;

/** The error's name and AWS's own words. */
export function describeRefusal({ name, message }: Error): string {
  return quoteAws(`${name}: ${message}`);
}

/**
 * AWS's own words, of an error or of a stack's event. What decodes to the whole policy evaluation (`Encoded authorization failure message`),
 * access keys and tokens are left out; who was refused what is not.
 */
export function quoteAws(words: string): string {
  return words
    .replace(/(encoded authorization failure message:?\s*)\S+/i, '$1[left out]')
    .replace(/\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g, '[access key]')
    .replace(/\b(X-Amz-(?:Signature|Credential|Security-Token))=[^&\s"']+/gi, '$1=[left out]')
    .replace(/[A-Za-z0-9+/=_-]{100,}/g, '[left out]')
    .replace(/(\w+:\/\/)[^/@\s]*@/g, '$1')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_REFUSAL)
    .toWellFormed();
}
