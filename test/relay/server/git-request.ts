/** What a smart HTTP request asks for, read from its address and, for upload-pack, from its first line. */
import type { IncomingMessage } from 'node:http';

/** Where in a mirror's life a request stands; faults are put at phases. */
export type Phase = 'upload-advertisement' | 'ls-refs' | 'fetch' | 'receive-advertisement' | 'receive-pack';

export interface GitRequest {
  readonly repository: string;
  readonly action: 'info/refs' | 'git-upload-pack' | 'git-receive-pack';
  readonly query: string;
  readonly phase: Phase;
}

/** Reads the address; a POST to upload-pack is a `fetch` until its body says otherwise. */
export function readGitRequest(request: IncomingMessage): GitRequest | undefined {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  const match = /^\/((?:[\w][\w.-]*\/){1,4})(info\/refs|git-upload-pack|git-receive-pack)$/.exec(path);
  const [, repository = '', action] = match ?? [];
  if (!match || request.method !== (action === 'info/refs' ? 'GET' : 'POST')) return undefined;
  const common = { repository: repository.slice(0, -1), query };
  if (action === 'git-receive-pack') return { ...common, action, phase: 'receive-pack' };
  if (action === 'git-upload-pack') return { ...common, action, phase: 'fetch' };
  if (query === 'service=git-upload-pack') return { ...common, action: 'info/refs', phase: 'upload-advertisement' };
  if (query === 'service=git-receive-pack') return { ...common, action: 'info/refs', phase: 'receive-advertisement' };
  return undefined;
}
