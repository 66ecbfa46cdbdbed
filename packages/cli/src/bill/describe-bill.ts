/** What the bill says, for people. */
import { count } from '@hourglass/cost';
import { alignColumns } from '../align-columns.ts';
import type { BillReport } from './bill-report.ts';

export function describeBill(report: BillReport): string {
  return `${[...verdictLines(report), '', ...hoursLines(report), ...settingLines(report), ...shareLines(report), ...learningLines(report), ...noteLines(report)].join('\n')}\n`;
}

function verdictLines({ deployment, month, reading, reason, evidence, otherLikelihood }: BillReport): string[] {
  const { openings, decisive, anchored, clock, neither, absent } = evidence;
  const seen = `${count(openings, 'opening')}; ${decisive} ${decisive === 1 ? 'shows' : 'show'} how the bill counts: ${anchored} counted from the creation, ${clock} by clock hours, ${neither} by neither${absent > 0 ? `; ${absent} ${absent === 1 ? 'is' : 'are'} not on the bill` : ''}.`;
  if (reading === null) {
    return [`${deployment}, ${month}: not enough evidence: ${reason}.`, `Evidence: ${seen}`];
  }
  const words =
    reading === 'anchored' ? "hours count from each endpoint's creation" : 'every UTC hour touched counts as one';
  return [
    `${deployment}, ${month}: the bill is ${reading}: ${words}.`,
    `Evidence: ${seen} The other reading is ${chance(otherLikelihood)} likely all the same.`,
  ];
}

function hoursLines({ hours, usdPerEndpointHour }: BillReport): string[] {
  const row = (name: string, billed: number) => [
    name,
    billed.toFixed(0),
    usdPerEndpointHour === null ? '-' : (billed * usdPerEndpointHour).toFixed(2),
  ];
  return alignColumns(
    [
      ['endpoint-hours of the openings', 'hours', 'USD'],
      row('on the bill', hours.billed),
      row('by the ledger, anchored', hours.anchored),
      row('by the ledger, clock', hours.clock),
    ],
    1,
  );
}

function settingLines({ setting, settings, reading }: BillReport): string[] {
  if (reading === null) return [];
  const rows = settings.map(({ billing, endpointHours, usd }) => [
    billing === setting.now ? `${billing} (now)` : billing,
    endpointHours.toFixed(0),
    usd === null ? '-' : usd.toFixed(2),
  ]);
  const table =
    rows.length === 0
      ? []
      : ['', ...alignColumns([['the same requests, simulated with billing', 'hours', 'USD'], ...rows], 1)];
  const change =
    setting.changeTo === null
      ? `billing: '${setting.now}' is right as it is.`
      : `Change \`billing: '${setting.now}'\` to \`billing: '${setting.changeTo}'\` in hourglass.config.ts.`;
  return [...table, '', change];
}

function shareLines({ shares }: BillReport): string[] {
  if (shares.length === 0) return [];
  const rows = shares.map(({ task, runs, endpointHours, usd }) => [
    task ?? '(openings that carried nothing)',
    String(runs),
    endpointHours.toFixed(1),
    usd === null ? '-' : usd.toFixed(4),
  ]);
  return ['', ...alignColumns([['share', 'runs', 'endpoint-hours', 'USD'], ...rows], 1)];
}

function learningLines({ learning, reading }: BillReport): string[] {
  if (learning === null) return [];
  const { endpointHours, savedUsd, requests } = learning;
  const by = (['anchored', 'clock'] as const).filter((one) => reading === null || one === reading);
  const readings = by.map((one) => {
    const [learned, forgot] = [endpointHours.learning[one], endpointHours.forgetting[one]];
    const usd = savedUsd[one];
    const money = usd === null ? '' : ` (${Math.abs(usd).toFixed(2)} USD)`;
    const hours = count(Math.round(Math.abs(forgot - learned)), 'endpoint-hour');
    const what =
      learned === forgot ? 'nothing' : learned < forgot ? `${hours}${money}` : `-${hours}${money}: it was dearer`;
    return `  by the reading ${one}: ${what} (${count(Math.round(learned), 'hour')} with it, ${forgot.toFixed(0)} without)`;
  });
  return [
    '',
    `What learning from measured deletions and tasks has saved, ${count(requests, 'request')} simulated with and without it:`,
    ...readings,
  ];
}

function noteLines({ lines, cutOff, foreignHours }: BillReport): string[] {
  const notes = [
    ...cutOff.map((file) => `${file} is cut off: what it lacks may be missing above.`),
    ...(lines.otherAccount > 0 ? [`Left out, of other accounts: ${count(lines.otherAccount, 'line')}.`] : []),
    ...(lines.otherRegion > 0 ? [`Left out, of other Regions: ${count(lines.otherRegion, 'line')}.`] : []),
    ...(lines.repeated > 0 ? [`There twice, and counted once: ${count(lines.repeated, 'line')}.`] : []),
    ...(lines.malformed > 0 ? [`Could not be read: ${count(lines.malformed, 'line')}.`] : []),
    ...(lines.coarse > 0
      ? [`Of more than an hour each, which shows nothing: ${count(lines.coarse, 'line')}. Export by the hour.`]
      : []),
    ...(foreignHours >= 0.5
      ? [`Of other endpoints than the ledger's: ${count(Math.round(foreignHours), 'endpoint-hour')}.`]
      : []),
  ];
  return notes.length === 0 ? [] : ['', ...notes];
}

function chance(likelihood: number): string {
  return likelihood < 1e-6
    ? 'less than one in a million'
    : `one in ${Math.max(2, Math.round(1 / likelihood)).toLocaleString('en-US')}`;
}
