/** The `post-receive` hook as a text: POSIX shell, no more than a server with git has, and the AWS CLI or curl. */
import { repositoryName } from '@hourglass/shared/requests';
import { UsageError } from '../errors.ts';

export interface HookOptions {
  repository: string;
  via: 'curl' | 'aws';
  sourceUrl?: string;
  url?: string;
  keyFile: string;
  deployment: string;
}

/** Longer than a push may be kept waiting by anything that hangs on to it; servers' own hooks wait as long. */
const LIMIT_S = 5;

/**
 * @returns the script, and what is still to be filled in
 * @throws UsageError for a name, an address or a path that cannot be
 */
export function writeHook(options: HookOptions): { script: string; notes: string[] } {
  const { repository, via, sourceUrl = '', url = '', keyFile, deployment } = options;
  const named = repositoryName.safeParse(repository);
  if (!named.success) throw new UsageError(`--repository ${named.error.issues[0]?.message}`);
  for (const [option, text] of Object.entries({ 'source-url': sourceUrl, url, 'key-file': keyFile, deployment })) {
    if (/[\p{C}"\\]/u.test(text))
      throw new UsageError(`--${option} must not hold quotes, backslashes or invisible characters`);
  }
  if (url !== '' && !/^https?:\/\/[^/]/.test(url)) throw new UsageError('--url must be an http(s) address');
  const missing = via === 'curl' ? url === '' && 'url' : sourceUrl === '' && 'source_url';
  return {
    script: [head(options), via === 'curl' ? askByCurl : askByAws, TAIL].join('\n'),
    notes: missing ? [`fill in ${missing} at the top of the hook, or give it as --${missing.replace('_', '-')}`] : [],
  };
}

function head({ repository, via, sourceUrl = '', url = '', keyFile, deployment }: HookOptions): string {
  const own =
    via === 'curl'
      ? `# The webhook's address, and the file that holds its key.\nurl=${quote(url)}\nkey_file=${quote(keyFile)}`
      : `bus=${quote(`hourglass-${deployment}`)}`;
  return `#!/bin/sh
# Asks Hourglass for a mirror of this repository after each push. It never blocks or fails the push: it asks in the background, for ${LIMIT_S} seconds
# at most, and logs a failure to syslog only (journalctl -t hourglass).
repository=${quote(repository)}
# Where the task fetches from; may be empty where the configuration names the repository's source.
source_url=${quote(sourceUrl)}
${own}

limit=${LIMIT_S}
# Nothing below is to write files that others may read, or to leave with the session that pushed.
umask 077
`;
}

const askByCurl = `ask() {
  [ -n "$url" ] || { echo "url is not filled in"; return 1; }
  [ -r "$key_file" ] || { echo "$key_file cannot be read"; return 1; }
  body="{\\"repository\\":\\"$repository\\"\${source_url:+,\\"sourceUrl\\":\\"$source_url\\"}}"
  # The key goes in by standard input: arguments are seen by everybody on the machine.
  printf 'header = "x-api-key: %s"\\n' "$(cat "$key_file")" |
    curl --config - --silent --show-error --max-time "$limit" --header 'content-type: application/json' \\
      --data "$body" --write-out '\\n%{http_code}' "$url" >"$answer" 2>&1
  case $(tail -n 1 "$answer") in
    2??) return 0 ;;
    *) tr '\\n' ' ' <"$answer"; return 1 ;;
  esac
}
`;

const askByAws = `ask() {
  [ -n "$source_url" ] || { echo "source_url is not filled in"; return 1; }
  detail="{\\\\\\"version\\\\\\":1,\\\\\\"repository\\\\\\":\\\\\\"$repository\\\\\\",\\\\\\"sourceUrl\\\\\\":\\\\\\"$source_url\\\\\\"}"
  entry="{\\"EventBusName\\":\\"$bus\\",\\"Source\\":\\"hourglass.client\\",\\"DetailType\\":\\"MirrorRequested\\",\\"Detail\\":\\"$detail\\"}"
  AWS_MAX_ATTEMPTS=1 aws events put-events --entries "[$entry]" --output json \\
    --cli-connect-timeout "$limit" --cli-read-timeout "$limit" >"$answer" 2>&1 &&
    grep -q '"FailedEntryCount": 0' "$answer" || { tr '\\n' ' ' <"$answer"; return 1; }
}
`;

const TAIL = `log() {
  logger -t hourglass "no mirror of $repository was asked for: $1" 2>/dev/null || :
}

in_background() {
  # The session's end would be this one's.
  trap '' HUP
  answer=$(mktemp) || { log 'mktemp failed'; return; }
  fault=$answer.fault
  ask >"$fault" 2>&1 &
  asking=$!
  ( sleep "$limit"; echo "no answer within $limit seconds" >>"$fault"; kill -9 "$asking" ) &
  watching=$!
  wait "$asking" || log "$(cat "$fault")"
  kill "$watching" 2>/dev/null
  rm -f "$answer" "$fault"
}

# What was pushed does not matter: a mirror takes everything. It is read, so that git may write it.
cat >/dev/null
# exec, since a shell that redirects a function keeps what was there before, and git would wait for it.
( exec </dev/null >/dev/null 2>&1; in_background ) &
exit 0
`;

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
