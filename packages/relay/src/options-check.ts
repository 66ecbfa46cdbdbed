/** What is asked in numbers and ids, looked at before anything is connected. */
import { MirrorRefused } from './errors.ts';

export interface Numbers {
  readonly maxPackBytes?: number;
  readonly maxRefsPerPush?: number;
  readonly partBytes?: number;
  readonly rememberedTips?: readonly string[];
  readonly haves?: readonly string[];
}

/** @throws MirrorRefused */
export function checkNumbers({ maxPackBytes, maxRefsPerPush, partBytes, ...ids }: Numbers): void {
  if (maxPackBytes !== undefined && !(Number.isSafeInteger(maxPackBytes) && maxPackBytes >= 1024)) {
    throw new MirrorRefused('maxPackBytes must be a whole number of at least 1,024', 'input');
  }
  if (maxRefsPerPush !== undefined && !(Number.isInteger(maxRefsPerPush) && maxRefsPerPush > 0)) {
    throw new MirrorRefused('maxRefsPerPush must be a whole number above 0', 'input');
  }
  if (partBytes !== undefined && !(Number.isSafeInteger(partBytes) && partBytes > 0)) {
    throw new MirrorRefused('partBytes must be a whole number above 0', 'input');
  }
  for (const name of ['rememberedTips', 'haves'] as const) {
    if (ids[name]?.some((oid) => !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(oid))) {
      throw new MirrorRefused(`${name} must be object ids`, 'input');
    }
  }
}
