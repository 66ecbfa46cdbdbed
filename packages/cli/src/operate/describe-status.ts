/** A status for people. */
import { count } from '@hourglass/cost';
import type { Status } from '@hourglass/operations/model';
import { columns, oneLine, paint, shortTime } from './print.ts';

const LISTED = 15;

export function describeStatus(status: Status): string[] {
  const lines = columns(facts(status));
  if (status.runs.length > 0) lines.push('', paint('bold', 'Running'), ...runningLines(status));
  if (status.waiting.length > 0) lines.push('', paint('bold', 'Waiting'), ...waitingLines(status));
  return lines;
}

function facts(status: Status): string[][] {
  const { phase, fence, next, cost, paused } = status;
  const hour =
    status.paidUntil === null ? '' : `, paid until ${clock(status.paidUntil)} (${status.minutesLeft} min left)`;
  const rows = [
    ['deployment', `${paint('bold', status.deployment)} in ${status.region}, ${shortTime(status.now)} UTC`],
    [
      'endpoints',
      `${paint(phase === 'open' ? 'green' : 'cyan', phase)} (opening ${fence})${hour}${status.closeAsked ? ', to close as soon as nothing runs' : ''}`,
    ],
    ['next', `${next.what}${next.at === null ? '' : ` at ${clock(next.at)}`}`],
    [
      'requests',
      `${status.running} running, ${status.pending} waiting${status.held > 0 ? `, ${status.held} held by a pause` : ''}`,
    ],
  ];
  if (paused.since !== null)
    rows.push(['paused', paint('yellow', `everything, since ${clock(paused.since)}; hourglass resume ends it`)]);
  if (paused.tasks.length > 0) rows.push(['paused', paint('yellow', paused.tasks.join(', '))]);
  rows.push(['dead letters', counted(status.deadLetters, 'failed for good; hourglass replay shows them')]);
  rows.push(['refused', counted(status.refused, 'refused at the door; hourglass replay shows them')]);
  if (status.undelivered > 0)
    rows.push([
      'undelivered',
      counted(status.undelivered, 'event that reached no service', 'events that reached no service'),
    ]);
  if (status.unhandled > 0)
    rows.push([
      'unhandled',
      counted(status.unhandled, 'event that a service failed at', 'events that a service failed at'),
    ]);
  if (status.creationFailures > 0) {
    const why = status.creationError === null ? '' : `: ${oneLine(status.creationError)}`;
    rows.push(['creation', paint('red', `failed ${times(status.creationFailures)} in a row${why}`)]);
  }
  rows.push(['this month', describeCost(cost)]);
  rows.push(['learned', describeLearned(status.learned)]);
  rows.push(['alarms', describeAlarms(status.alarms)]);
  return rows.map(([name = '', value = '']) => [paint('dim', name), value]);
}

function counted(many: number, one: string, more = one): string {
  return many === 0 ? 'none' : paint('red', count(many, one, more));
}

function times(many: number): string {
  return many === 1 ? 'once' : `${many} times`;
}

function describeCost({ openings, endpointHours, usd, alwaysOnUsd }: Status['cost']): string {
  const { anchored, clock: byClock } = endpointHours;
  const hours =
    anchored === byClock ? `${anchored}` : `${Math.min(anchored, byClock)} to ${Math.max(anchored, byClock)}`;
  const paid = `${count(openings, 'opening')}, ${hours} ${hours === '1' ? 'endpoint-hour' : 'endpoint-hours'}`;
  if (usd === null || alwaysOnUsd === null) return `${paid}; the price of an endpoint in this Region is not known`;
  const [low, high] = [Math.min(usd.anchored, usd.clock), Math.max(usd.anchored, usd.clock)];
  const cost = low === high ? dollars(low) : `${dollars(low)} to ${dollars(high)}`;
  return `${cost} for ${paid}; always on it would be ${dollars(alwaysOnUsd)}`;
}

function describeLearned({ deletion, task, teardownLead }: Status['learned']): string {
  const lead = `the hour is given up ${duration(teardownLead.now)} before its end`;
  if (deletion === null && task === null) return `nothing yet; ${lead}`;
  return [
    ...(task === null ? [] : [`a task takes ${duration(task.usual)}`]),
    ...(deletion === null ? [] : [`a deletion ${duration(deletion.usual)}`]),
    deletion === null || teardownLead.now === teardownLead.configured
      ? lead
      : `${lead}, not ${duration(teardownLead.configured)}`,
  ].join(', ');
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

function dollars(usd: number): string {
  return `$${usd.toFixed(2)}`;
}

function describeAlarms(alarms: Status['alarms']): string {
  if (alarms === null) return 'not known: CloudWatch does not answer these credentials';
  if (alarms.length === 0) return 'none rings';
  return paint('red', alarms.map(({ name }) => name).join(', '));
}

function runningLines({ runs, running }: Status): string[] {
  const rows = runs
    .slice(0, LISTED)
    .map(({ task, requestId, claimedAt, again, carrier }) => [
      `  ${task}`,
      `since ${clock(claimedAt)}`,
      requestId,
      directly(carrier),
      again ? 'and once more' : '',
    ]);
  return [...columns(rows), ...others(running - Math.min(LISTED, runs.length))];
}

function waitingLines({ waiting, pending, held }: Status): string[] {
  const rows = waiting
    .slice(0, LISTED)
    .map((one) => [
      `  ${one.task}`,
      one.held ? paint('yellow', 'held') : `start by ${clock(one.startBy)}`,
      one.requestId,
      directly(one.carrier),
      one.lastError === null ? '' : paint('red', `failed ${times(one.attempts)}: ${oneLine(one.lastError, 100)}`),
    ]);
  return [...columns(rows), ...others(pending + held - Math.min(LISTED, waiting.length))];
}

function directly(carrier: Status['runs'][number]['carrier']): string {
  return carrier === 'direct' ? 'direct' : '';
}

function others(many: number): string[] {
  return many > 0 ? [`  and ${many} more`] : [];
}

function clock(iso: string): string {
  return iso.slice(11, 19);
}
