/**
 * CloudWatch Logs: the groups of the templates, and in them what functions and tasks printed. Read by streams, and across them with a filter,
 * page by page; `aws logs tail --follow` asks so every few seconds. Insights and subscriptions are not simulated.
 */
import type { CloudCore, CloudPart } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { Operation } from '../service.ts';
import { compileFilterPattern } from './filter-pattern.ts';
import { type LogEvent, type LogGroup, LogStore } from './log-store.ts';

export interface LogsPart extends CloudPart {
  readonly store: LogStore;
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
const MAX_EVENTS = 10_000;
/** A page also ends at 1 MB. */
const MAX_BYTES = 1_048_576;
const MAX_NAMES = 50;

export function createLogsPart(core: CloudCore): LogsPart {
  const store = new LogStore();
  const find = (input: { logGroupName?: string; logGroupIdentifier?: string }): LogGroup => {
    const name = groupNameOf(input);
    const group = store.find(name);
    if (group === undefined) throw notFound('The specified log group does not exist.');
    return group;
  };
  const arnOf = (name: string) => core.arn('logs', `log-group:${name}`);

  const operations: Readonly<Record<string, Operation>> = {
    CreateLogGroup: ({ logGroupName }, { nowMs }) => {
      if (store.find(logGroupName) !== undefined) throw exists('The specified log group already exists');
      store.createGroup(logGroupName, nowMs);
      return {};
    },
    DeleteLogGroup: (input) => {
      store.deleteGroup(find(input).name);
      return {};
    },
    PutRetentionPolicy: (input) => {
      find(input).retentionDays = input.retentionInDays;
      return {};
    },
    CreateLogStream: (input, { nowMs }) => {
      const group = find(input);
      if (group.streams.has(input.logStreamName)) throw exists('The specified log stream already exists');
      store.createStream(group, input.logStreamName, nowMs);
      return {};
    },
    PutLogEvents: (input, { nowMs }) => {
      const group = find(input);
      if (!group.streams.has(input.logStreamName)) throw notFound('The specified log stream does not exist.');
      for (const { timestamp, message } of input.logEvents ?? []) {
        store.append(group.name, input.logStreamName, message, timestamp, nowMs);
      }
      return { nextSequenceToken: '0' };
    },
    DescribeLogGroups: (input) => {
      const { logGroupNamePrefix: prefix, logGroupNamePattern: part } = input;
      const groups = store
        .groups()
        .filter(({ name }) => name.startsWith(prefix ?? '') && name.toLowerCase().includes((part ?? '').toLowerCase()));
      return page(input, MAX_NAMES, 'logGroups', groups, (group) => ({
        logGroupName: group.name,
        creationTime: Math.trunc(group.createdMs),
        retentionInDays: group.retentionDays,
        metricFilterCount: 0,
        arn: `${arnOf(group.name)}:*`,
        logGroupArn: arnOf(group.name),
        logGroupClass: 'STANDARD',
        storedBytes: group.events.reduce((sum, { message }) => sum + message.length, 0),
      }));
    },
    DescribeLogStreams: (input) => {
      const group = find(input);
      const streams = [...group.streams.values()].filter(({ name }) =>
        name.startsWith(input.logStreamNamePrefix ?? ''),
      );
      if (input.orderBy === 'LastEventTime') streams.sort((left, right) => (left.lastMs ?? 0) - (right.lastMs ?? 0));
      else streams.sort((left, right) => (left.name < right.name ? -1 : 1));
      if (input.descending === true) streams.reverse();
      return page(input, MAX_NAMES, 'logStreams', streams, (stream) => ({
        logStreamName: stream.name,
        creationTime: Math.trunc(stream.createdMs),
        firstEventTimestamp: whole(stream.firstMs),
        lastEventTimestamp: whole(stream.lastMs),
        lastIngestionTime: whole(stream.lastMs),
        arn: `${arnOf(group.name)}:log-stream:${stream.name}`,
        storedBytes: 0,
      }));
    },
    GetLogEvents: (input, { nowMs }) => {
      const group = find(input);
      if (!group.streams.has(input.logStreamName)) throw notFound('The specified log stream does not exist.');
      const events = within(input, store.eventsOf(group, nowMs)).filter(({ stream }) => stream === input.logStreamName);
      return readStream(events, input);
    },
    FilterLogEvents: (input, { nowMs }) => {
      const group = find(input);
      const names: string[] | undefined = input.logStreamNames;
      const isWanted = (stream: string) =>
        names === undefined ? stream.startsWith(input.logStreamNamePrefix ?? '') : names.includes(stream);
      const holds = compileFilterPattern(input.filterPattern ?? '');
      // A token is the place of the next line, which stays right when older ones go.
      const [fromMs = 0, fromId = 0] = (input.nextToken ?? '').split('/').map(Number);
      const limit = limitOf(input, MAX_EVENTS);
      const taken: LogEvent[] = [];
      let bytes = 0;
      let next: string | undefined;
      for (const event of within(input, store.eventsOf(group, nowMs))) {
        if (event.atMs < fromMs || (event.atMs === fromMs && event.id < fromId)) continue;
        if (!isWanted(event.stream) || !holds(event.message)) continue;
        bytes += event.message.length;
        if (taken.length > 0 && (taken.length >= limit || bytes > MAX_BYTES)) {
          next = `${event.atMs}/${event.id}`;
          break;
        }
        taken.push(event);
      }
      return {
        events: taken.map((event) => ({ ...describe(event), logStreamName: event.stream, eventId: eventId(event) })),
        searchedLogStreams: [],
        ...(next !== undefined && { nextToken: next }),
      };
    },
  };

  return {
    store,
    services: [
      {
        id: 'logs',
        protocol: 'awsJson1.1',
        targetPrefix: 'Logs_20140328',
        operations,
        authorize: (operation, input) => {
          const group = arnOf(operation === 'DescribeLogGroups' ? '' : groupNameOf(input));
          const ofStream = operation === 'GetLogEvents' || operation === 'PutLogEvents';
          return [
            {
              action: `logs:${operation}`,
              resources: [ofStream ? `${group}:log-stream:${input.logStreamName}` : `${group}:*`],
            },
          ];
        },
      },
    ],
    resourceTypes: {
      'AWS::Logs::LogGroup': {
        create(properties, context) {
          const name = properties.LogGroupName ?? context.generatedName();
          const retention = properties.RetentionInDays;
          store.createGroup(name, core.clock.nowMs(), retention === undefined ? undefined : Number(retention));
          return { ref: name, attributes: { Arn: `${arnOf(name)}:*` } };
        },
        delete: (name) => store.deleteGroup(name),
      },
    },
  };
}

/** A group is named by its name or by its ARN. */
function groupNameOf(input: { logGroupName?: string; logGroupIdentifier?: string }): string {
  const named = String(input.logGroupName ?? input.logGroupIdentifier ?? '');
  return named.replace(/^arn:[^:]+:logs:[^:]*:[^:]*:log-group:/, '').replace(/:\*$/, '');
}

function within({ startTime, endTime }: { startTime?: number; endTime?: number }, events: LogEvent[]): LogEvent[] {
  return events.filter(({ atMs }) => atMs >= (startTime ?? 0) && atMs <= (endTime ?? Number.POSITIVE_INFINITY));
}

/** One stream, from its tail unless asked from its head. At either end the token that was given comes back. */
function readStream(
  events: readonly LogEvent[],
  input: { nextToken?: string; startFromHead?: boolean; limit?: number },
): Record<string, unknown> {
  const limit = limitOf(input, MAX_EVENTS);
  const [way, place] = (input.nextToken ?? '').split('/');
  const index = Number(place);
  const from =
    way === 'f'
      ? index
      : way === 'b'
        ? Math.max(0, index - limit)
        : input.startFromHead
          ? 0
          : Math.max(0, events.length - limit);
  const to = way === 'b' ? index : Math.min(events.length, from + limit);
  return { events: events.slice(from, to).map(describe), nextForwardToken: `f/${to}`, nextBackwardToken: `b/${from}` };
}

function limitOf({ limit }: { limit?: number }, most: number): number {
  const wanted = limit ?? most;
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > most) {
    throw new AwsError('InvalidParameterException', `limit must be 1 to ${most}`);
  }
  return wanted;
}

function page<T>(
  input: { nextToken?: string; limit?: number },
  most: number,
  member: string,
  all: readonly T[],
  show: (one: T) => object,
): Record<string, unknown> {
  const from = Number(input.nextToken ?? 0);
  const to = from + limitOf(input, most);
  return { [member]: all.slice(from, to).map(show), ...(to < all.length && { nextToken: String(to) }) };
}

function describe({ atMs, ingestedMs, message }: LogEvent): Record<string, unknown> {
  return { timestamp: Math.trunc(atMs), ingestionTime: Math.trunc(ingestedMs), message };
}

function eventId({ id }: LogEvent): string {
  return String(id).padStart(56, '0');
}

function whole(timeMs: number | undefined): number | undefined {
  return timeMs === undefined ? undefined : Math.trunc(timeMs);
}

const notFound = (message: string) => new AwsError('ResourceNotFoundException', message);
const exists = (message: string) => new AwsError('ResourceAlreadyExistsException', message);
