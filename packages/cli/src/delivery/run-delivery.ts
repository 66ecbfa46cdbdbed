/** `hourglass delivery`: reads the file, asks the package that the webhook asks too, and prints the outcome. */
import { type Delivery, type Outcome, readDelivery, type ServerName } from '@hourglass/webhooks';
import { readDeliveryFile } from './read-file.ts';

/**
 * @returns the exit status: 0, or 1 if the delivery is refused
 * @throws UsageError if the file cannot be read
 */
export async function runDelivery(file: string, { json = false }: { json?: boolean }): Promise<number> {
  const { server, delivery } = await readDeliveryFile(file, Date.now());
  const read = readDelivery(server, delivery);
  const { outcome, repository, refs, deliveryId } = read;
  const hint = hintAtLayout(server, delivery, read);
  const why = hint === null ? read.why : `${read.why} ${hint}`;
  const shown = { outcome, repository, refs, deliveryId, why };
  process.stdout.write(json ? `${JSON.stringify(shown)}\n` : describe({ ...read, why } as Outcome));
  return outcome === 'refused' ? 1 : 0;
}

/** Some servers' pages show a body laid out for reading, and signatures are over the body as it was sent. */
function hintAtLayout(server: ServerName, delivery: Delivery, read: Outcome): string | null {
  if (read.outcome !== 'refused' || read.status !== 401) return null;
  try {
    const body = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(delivery.body).toString())));
    const compact = readDelivery(server, { ...delivery, body });
    const fits = compact.outcome !== 'refused' || compact.status !== 401;
    return fits ? 'It does fit this body without its blanks and line breaks: give the body as it was sent.' : null;
  } catch {
    return null;
  }
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
