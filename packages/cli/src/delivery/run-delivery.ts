/** `hourglass delivery`: reads the file, asks the room that the webhook asks too, and tells the outcome. */
import { type Outcome, readDelivery } from '@hourglass/webhooks';
import { readDeliveryFile } from './read-file.ts';

/**
 * @returns the exit status: 0, or 1 if the delivery is refused
 * @throws UsageError if the file cannot be read
 */
export async function runDelivery(file: string, { json = false }: { json?: boolean }): Promise<number> {
  const { server, delivery } = await readDeliveryFile(file, Date.now());
  const read = readDelivery(server, delivery);
  const { outcome, repository, refs, deliveryId, why } = read;
  const shown = { outcome, repository, refs, deliveryId, why };
  process.stdout.write(json ? `${JSON.stringify(shown)}\n` : describe(read));
  return outcome === 'refused' ? 1 : 0;
}

function describe(read: Outcome): string {
  const { outcome, repository, refs, deliveryId, why } = read;
  const lines = [
    outcome === 'refused' ? `refused (${read.status})` : outcome,
    ...(why === null ? [] : [why]),
    ...repository.names.map((name) => `  repository  ${name}`),
    ...repository.cloneUrls.map((url) => `  address     ${url}`),
    ...refs.map(({ ref, deleted }) => `  ${deleted ? 'deleted  ' : 'written  '}   ${ref}`),
    ...(deliveryId === null ? [] : [`  delivery    ${deliveryId}`]),
  ];
  return `${lines.map(visible).join('\n')}\n`;
}

/** What a payload says may hold anything, and a terminal acts on some of it. */
function visible(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
