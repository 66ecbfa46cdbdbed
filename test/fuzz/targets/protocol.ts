/** The answers of both sides: lists of refs, acknowledgments, side bands, reports. */
import { deepEqual, ok } from 'node:assert/strict';
import { readAdvertisement } from '../../../packages/relay/src/protocol/capabilities.ts';
import { readFetchAnswerV0 } from '../../../packages/relay/src/protocol/fetch-v0.ts';
import { readFetchAnswer } from '../../../packages/relay/src/protocol/fetch-v2.ts';
import { readLsRefs } from '../../../packages/relay/src/protocol/ls-refs.ts';
import { readPacket } from '../../../packages/relay/src/protocol/pkt-line.ts';
import { parseRefListing } from '../../../packages/relay/src/protocol/ref-name.ts';
import { readReport } from '../../../packages/relay/src/protocol/report-status.ts';
import { ServerWords } from '../../../packages/relay/src/protocol/server-words.ts';
import { readSideBand } from '../../../packages/relay/src/protocol/side-band.ts';
import { readV2Capabilities } from '../../../packages/relay/src/protocol/v2-capabilities.ts';
import { mayRefuse, packets, streamOf, type Target } from '../target.ts';

const OID = '0123456789abcdef0123456789abcdef01234567';
const WIDE = OID + OID.slice(0, 24);

export const protocol: Record<string, Target> = {
  advertisement: {
    run: (bytes) =>
      mayRefuse(async () => {
        const reader = streamOf(bytes);
        const { refs } = await readAdvertisement(reader, await readPacket(reader));
        for (const [name, oid] of refs) ok(name !== '' && /^[0-9a-f]{40,64}$/.test(oid));
      }),
    seeds: [
      `\x00${packets(`${OID} refs/heads/main\0report-status delete-refs ofs-delta symref=HEAD:refs/heads/main\n`, `${OID} refs/tags/v1\n`, `${OID} refs/tags/v1^{}\n`, `${OID} .have\n`, `shallow ${OID}\n`, '0000')}`,
      `\x03${packets('version 1\n', `${'0'.repeat(64)} capabilities^{}\0object-format=sha256 agent=git/2`, '0000')}`,
      `\x05${packets('ERR access denied\n')}`,
    ],
  },
  'ls-refs': {
    run: (bytes) => mayRefuse(() => readLsRefs(streamOf(bytes))),
    seeds: [
      `\x00${packets(`${OID} HEAD symref-target:refs/heads/main\n`, `${OID} refs/heads/caf\xe9\n`, `${WIDE} refs/tags/v1 peeled:${OID}\n`, 'unborn HEAD symref-target:refs/heads/main', '0000')}`,
    ],
  },
  'v2-capabilities': {
    run: (bytes) => mayRefuse(() => readV2Capabilities(streamOf(bytes))),
    seeds: [
      `\x00${packets('agent=git/2.39.5\n', 'ls-refs=unborn\n', 'fetch=shallow wait-for-done filter\n', 'server-option\n', 'object-format=sha256\n', '0000')}`,
    ],
  },
  'fetch-v2': {
    run: (bytes) =>
      mayRefuse(async () => {
        const reader = streamOf(bytes);
        const { packFollows } = await readFetchAnswer(reader, (bytes[0] ?? 0) > 127);
        if (packFollows) for await (const _ of readSideBand(reader));
      }),
    seeds: [
      `\x80${packets('acknowledgments\n', `ACK ${OID}\n`, 'ready\n', '0001', 'shallow-info\n', `shallow ${OID}\n`, '0001', 'packfile\n', '\x02Counting\n', '\x01PACK\0\0\0\x02\0\0\0\0', '0000')}`,
      `\x00${packets('acknowledgments\n', 'NAK\n', '0000')}`,
      `\x00${packets(`ERR upload-pack: not our ref ${OID}\n`)}`,
    ],
  },
  'fetch-v0': {
    run: (bytes) =>
      mayRefuse(async () => {
        const reader = streamOf(bytes);
        const { firstPacket } = await readFetchAnswerV0(reader, (bytes[0] ?? 0) < 128);
        if (firstPacket !== undefined) for await (const _ of readSideBand(reader, { first: firstPacket }));
      }),
    seeds: [
      `\x00${packets(`ACK ${OID} common\n`, `ACK ${OID} ready\n`, 'NAK\n', `ACK ${OID}\n`, '\x01PACK', '\x03fatal: no\n', '0000')}`,
    ],
  },
  report: {
    async run(bytes) {
      // The report is the same however it arrives.
      const read = async (first: number) => {
        const words = new ServerWords();
        const reader = streamOf(Buffer.concat([Buffer.from([first]), bytes.subarray(1)]));
        const shape = { sideBand: (bytes[0] ?? 0) > 127, maxRefs: 5, onText: (text: string) => words.add(text) };
        const report = await readReport(reader, shape).catch((error: unknown) => error);
        if (report instanceof Error) await mayRefuse(() => Promise.reject(report));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal would act on
        ok(!/[\x00-\x1f\x7f-\x9f]/.test(words.reported((text) => text)));
        return report instanceof Error ? report.message : report;
      };
      deepEqual(await read(0), await read(1));
    },
    seeds: [
      `\x00${packets('unpack ok\n', 'ok refs/heads/main\n', 'ng refs/heads/\u00e3\u0080\u0080 failed to update ref\n', 'option forced-update\n', '0000')}`,
      `\xff${packets('\x02remote: \x1b[31mno\x1b[0m f\xfcr heute\n', `\x01${packets('unpack index-pack abnormal exit\n', 'ng refs/heads/x unpacker error\n', '0000')}`, '0000')}`,
    ],
  },
  'ref-listing': {
    run: (bytes) => void parseRefListing(bytes.toString('latin1')),
    seeds: [`ref: refs/heads/main\tHEAD\n${OID}\tHEAD\n${OID}\trefs/heads/caf\xe9\n${WIDE}\trefs/tags/v1^{}\n`],
  },
};
