/**
 * What the server sends while the page is open. One stream a tab; it is let go while nobody looks at the tab (the deployment is read only for
 * those who look), taken up again with the last id when somebody does, and opened anew when nothing was heard for too long.
 */

import type { HistoryEntry, Status } from '@hourglass/operations/model';
import { signal } from '@preact/signals';
import type { Start } from '../../model/answers.ts';
import { Start as StartSchema } from '../../model/answers.ts';
import { FeedEvent } from '../../model/feed.ts';
import { ask, sessionLost } from './ask.ts';
import { hearTime } from './clock.ts';

export const status = signal<Status | undefined>(undefined);
/** Newest first; the last few that were sent. */
export const lately = signal<readonly HistoryEntry[]>([]);
/** Rises when something has ended, so that lists read anew. */
export const historyTurn = signal(0);
/** Why the server cannot read the deployment now. */
export const readFailure = signal<string | undefined>(undefined);
export const connection = signal<'connecting' | 'live' | 'lost'>('connecting');
/** Of the server's last word; wall time of this browser. */
export const heardAt = signal<number | undefined>(undefined);
export const pageDiffers = signal(false);

const LATELY = 50;
const LET_GO_AFTER_MS = 60_000;
const LOOK_EVERY_MS = 2_000;
const LEAST_PATIENCE_MS = 10_000;

let stream: EventSource | undefined;
let lastId: string | undefined;
let heardWallMs = 0;
let openedWallMs = 0;
let patienceMs = LEAST_PATIENCE_MS;
let letGo: ReturnType<typeof setTimeout> | undefined;

export function startFeed({ everyMs }: Pick<Start, 'everyMs'>): void {
  patienceMs = Math.max(LEAST_PATIENCE_MS, 3 * everyMs);
  open();
  document.addEventListener('visibilitychange', seeVisibility);
  for (const event of ['online', 'pageshow', 'resume', 'focus']) addEventListener(event, openIfStale);
  document.addEventListener('resume', openIfStale);
  setInterval(look, LOOK_EVERY_MS);
}

/** By hand. */
export function reconnect(): void {
  open();
}

function seeVisibility(): void {
  clearTimeout(letGo);
  if (document.visibilityState === 'visible') openIfStale();
  else letGo = setTimeout(close, LET_GO_AFTER_MS);
}

function openIfStale(): void {
  if (stream === undefined || stream.readyState === EventSource.CLOSED || isSilent()) open();
}

function look(): void {
  if (document.visibilityState !== 'visible' || sessionLost.value) return;
  if (isSilent() && performance.now() - openedWallMs > patienceMs) {
    connection.value = 'lost';
    open();
  }
}

const isSilent = (): boolean => performance.now() - heardWallMs > patienceMs;

function close(): void {
  stream?.close();
  stream = undefined;
}

function open(): void {
  close();
  if (sessionLost.value) return;
  openedWallMs = performance.now();
  const mine = new EventSource(lastId === undefined ? '/events' : `/events?after=${encodeURIComponent(lastId)}`);
  stream = mine;
  mine.onmessage = ({ data, lastEventId }) => {
    lastId = lastEventId;
    hear(JSON.parse(data));
  };
  mine.onerror = () => {
    if (stream !== mine) return;
    connection.value = 'lost';
    // A stream that was refused says not why: a question does.
    if (mine.readyState === EventSource.CLOSED) void ask('/api/start', StartSchema).catch(() => undefined);
  };
}

/** Exported for tests. */
export function hear(data: unknown): void {
  const read = FeedEvent.safeParse(data);
  if (!read.success) {
    pageDiffers.value = true;
    return;
  }
  heardWallMs = performance.now();
  heardAt.value = Date.now();
  connection.value = 'live';
  const event = read.data;
  if (event.kind !== 'failed' && event.kind !== 'reset') readFailure.value = undefined;
  switch (event.kind) {
    case 'status':
      status.value = event.status;
      hearTime(Date.parse(event.status.now));
      break;
    case 'clock':
      if (status.value) status.value = { ...status.value, now: event.now, minutesLeft: event.minutesLeft };
      hearTime(Date.parse(event.now));
      break;
    case 'history':
      takeHistory(event.entries);
      break;
    case 'reset':
      lately.value = [];
      historyTurn.value += 1;
      break;
    case 'failed':
      readFailure.value = event.message;
  }
}

function takeHistory(entries: readonly HistoryEntry[]): void {
  const known = new Set(entries.map(({ requestId }) => requestId));
  lately.value = [...entries, ...lately.value.filter(({ requestId }) => !known.has(requestId))].slice(0, LATELY);
  historyTurn.value += 1;
}
