/**
 * PutEvents: up to ten entries, each accepted or refused by itself.
 * Source: EventBridge API reference, PutEvents, and user guide, "Calculating PutEvents event entry size".
 */

import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import { accountOf } from '../iam/evaluate.ts';
import type { ApiCall, Demand } from '../service.ts';
import type { Bus, BusEvent, Buses } from './bus.ts';

export interface PutEventsEntry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
  /** Epoch seconds. */
  readonly Time?: number;
}

const maxEntries = 10;
const maxBytes = 1024 * 1024;

/** One demand per entry: IAM judges source and detail type of each. */
export function demandsOfPutEvents(core: CloudCore, entries: readonly PutEventsEntry[] | undefined): Demand[] {
  return (entries ?? []).map((entry) => ({
    action: 'events:PutEvents',
    resources: [busArn(core, entry.EventBusName)],
    conditions: {
      ...(entry.Source === undefined ? {} : { 'events:source': entry.Source }),
      ...(entry.DetailType === undefined ? {} : { 'events:detail-type': entry.DetailType }),
      'events:eventBusInvocation': 'false',
    },
  }));
}

function busArn(core: CloudCore, nameOrArn = 'default'): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : core.arn('events', `event-bus/${nameOrArn}`);
}

export function putEvents(
  core: CloudCore,
  buses: Buses,
  entries: readonly PutEventsEntry[] | undefined,
  call: ApiCall,
): { FailedEntryCount: number; Entries: Record<string, string>[] } {
  if (entries === undefined || entries.length === 0 || entries.length > maxEntries) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${maxEntries}`,
    );
  }
  if (entries.reduce((bytes, entry) => bytes + sizeOf(entry), 0) >= maxBytes) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  const accepted: { bus: Bus; event: BusEvent }[] = [];
  const results = entries.map((entry) => {
    const checked = checkEntry(core, buses, entry, call);
    if ('ErrorCode' in checked) {
      return { ...checked };
    }
    accepted.push(checked);
    return { EventId: checked.event.id };
  });
  for (const { bus, event } of accepted) {
    buses.put(bus, event);
  }
  return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
}

function checkEntry(
  core: CloudCore,
  buses: Buses,
  entry: PutEventsEntry,
  call: ApiCall,
): { bus: Bus; event: BusEvent } | { ErrorCode: string; ErrorMessage: string } {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (entry[name] === undefined || entry[name] === '') {
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      };
    }
  }
  if (entry.Source?.startsWith('aws.') === true) {
    return {
      ErrorCode: 'NotAuthorizedForSourceException',
      ErrorMessage: `Not authorized for the source: ${entry.Source}`,
    };
  }
  const detail = parseDetail(entry.Detail as string);
  if (detail === undefined) {
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  }
  const bus = buses.find(entry.EventBusName);
  if (bus === undefined) {
    return { ErrorCode: 'ResourceNotFoundException', ErrorMessage: `Event bus ${entry.EventBusName} does not exist.` };
  }
  const timeMs = entry.Time === undefined ? call.nowMs : entry.Time * 1000;
  return {
    bus,
    event: createEvent(core, {
      source: entry.Source as string,
      detailType: entry.DetailType as string,
      detail,
      resources: entry.Resources ?? [],
      timeMs,
      ...(call.principal.kind === 'outsider' && { account: accountOf(call.principal) }),
    }),
  };
}

/** An event of this account and region. `time` has whole seconds, as EventBridge gives it. */
export function createEvent(
  core: CloudCore,
  of: {
    source: string;
    detailType: string;
    detail: unknown;
    resources: readonly string[];
    timeMs: number;
    /** Of the sender, if that is another. */
    account?: string;
  },
): BusEvent {
  return {
    version: '0',
    id: core.newUuid(),
    'detail-type': of.detailType,
    source: of.source,
    account: of.account ?? core.account,
    time: `${new Date(of.timeMs).toISOString().slice(0, 19)}Z`,
    region: core.region,
    resources: of.resources,
    detail: of.detail,
  };
}

function parseDetail(text: string): object | undefined {
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}

function sizeOf(entry: PutEventsEntry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  return texts.reduce((bytes, text) => bytes + Buffer.byteLength(text ?? ''), entry.Time === undefined ? 0 : 14);
}
