/** What the bill says, for people. */
import { alignColumns } from '../align-columns.ts';
import type { BillReport } from './bill-report.ts';

export function describeBill(report: BillReport): string {
  return `${[...verdictLines(report), '', ...hoursLines(report), ...settingLines(report), ...shareLines(report), ...learningLines(report), ...noteLines(report)].join('\n')}\n`;
}

function verdictLines({ deployment, month, reading, reason, evidence, otherLikelihood }: BillReport): string[] {
  const { openings, tell, anchored, clock, neither, absent } = evidence;
  const seen = `${openings} openings; ${tell} show how the bill counts: ${anchored} counted from the creation, ${clock} by clock hours, ${neither} by neither${absent > 0 ? `; ${absent} are not on the bill` : ''}.`;
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
  const row = (name: string, count: number) => [
    name,
    count.toFixed(0),
    usdPerEndpointHour === null ? '-' : (count * usdPerEndpointHour).toFixed(2),
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
  const told = by.map((one) => {
    const [learned, forgot] = [endpointHours.learning[one], endpointHours.forgetting[one]];
    const usd = savedUsd[one];
    const money = usd === null ? '' : ` (${Math.abs(usd).toFixed(2)} USD)`;
    const hours = Math.abs(forgot - learned).toFixed(0);
    const what =
      learned === forgot
        ? 'nothing'
        : learned < forgot
          ? `${hours} endpoint-hours${money}`
          : `-${hours} endpoint-hours${money}: it was dearer`;
    return `  by the reading ${one}: ${what} (${learned.toFixed(0)} hours with it, ${forgot.toFixed(0)} without)`;
  });
  return [
    '',
    `What learning from measured deletions and tasks has saved, ${requests} requests simulated with and without it:`,
    ...told,
  ];
}

function noteLines({ lines, cutOff, foreignHours }: BillReport): string[] {
  const notes = [
    ...cutOff.map((file) => `${file} is cut off: what it lacks may be missing above.`),
    ...(lines.otherAccount > 0 ? [`${lines.otherAccount} lines of other accounts were left out.`] : []),
    ...(lines.otherRegion > 0 ? [`${lines.otherRegion} lines of other Regions were left out.`] : []),
    ...(lines.repeated > 0 ? [`${lines.repeated} lines were there twice, and counted once.`] : []),
    ...(lines.malformed > 0 ? [`${lines.malformed} lines could not be read.`] : []),
    ...(lines.coarse > 0
      ? [`${lines.coarse} lines cover more than an hour each and show nothing: export by the hour.`]
      : []),
    ...(foreignHours >= 0.5
      ? [`${foreignHours.toFixed(0)} endpoint-hours are of other endpoints than the ledger's.`]
      : []),
  ];
  return notes.length === 0 ? [] : ['', ...notes];
}

function chance(likelihood: number): string {
  return likelihood < 1e-6
    ? 'less than one in a million'
    : `one in ${Math.max(2, Math.round(1 / likelihood)).toLocaleString('en-US')}`;
}
