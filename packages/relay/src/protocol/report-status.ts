/**
 * What the destination says of a push.
 *
 *     report-status  = unpack-status 1*(command-status) flush-pkt
 *     unpack-status  = PKT-LINE("unpack" SP ("ok" | error-msg))
 *     command-status = PKT-LINE("ok" SP refname) | PKT-LINE("ng" SP refname SP error-msg)
 *
 * With side-band-64k the whole report travels in band 1. https://git-scm.com/docs/pack-protocol#_report_status
 */
import { ProtocolViolation } from '../errors.ts';
import { ByteReader } from './byte-reader.ts';
import { printableBytes, readPacket, textOf } from './pkt-line.ts';
import { readSideBand } from './side-band.ts';

export interface PushReport {
  /** undefined: the pack was taken. */
  readonly unpackError: string | undefined;
  readonly accepted: ReadonlySet<string>;
  /** Ref to reason. */
  readonly rejected: ReadonlyMap<string, string>;
}

/**
 * Reads the report to its flush.
 * @param maxRefs how many commands were sent: a report of more is refused
 * @throws ProtocolViolation
 */
export async function readReport(
  answer: ByteReader,
  options: { readonly sideBand: boolean; readonly maxRefs: number; readonly onText?: (text: string) => void },
): Promise<PushReport> {
  const reader = options.sideBand ? new ByteReader(readSideBand(answer, options)) : answer;
  const first = await readPacket(reader);
  const [, unpack] = first.type === 'data' ? (/^unpack (.*)$/s.exec(textOf(first.payload)) ?? []) : [];
  if (unpack === undefined) throw new ProtocolViolation('the destination has not reported on the push');
  const accepted = new Set<string>();
  const rejected = new Map<string, string>();
  for (;;) {
    const packet = await readPacket(reader);
    if (packet.type === 'flush') break;
    if (packet.type !== 'data') throw new ProtocolViolation("the destination's report was cut off");
    const line = textOf(packet.payload);
    const [, verdict, ref = '', reason] = /^(ok|ng) ([^ ]+)(?: (.*))?$/s.exec(line) ?? [];
    if (verdict === 'ok') accepted.add(ref);
    else if (verdict === 'ng') rejected.set(ref, printableBytes(reason ?? 'no reason given'));
    // Of a newer report only: what a hook has made of a command. The refs are listed again anyway.
    else if (!line.startsWith('option ')) {
      throw new ProtocolViolation(`malformed line in the destination's report: ${printableBytes(line)}`);
    }
    if (accepted.size + rejected.size > options.maxRefs)
      throw new ProtocolViolation('a report on more refs than were sent');
  }
  return { unpackError: unpack === 'ok' ? undefined : printableBytes(unpack), accepted, rejected };
}
