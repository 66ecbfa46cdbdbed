/** The most memory that this process has held. */
import { readFileSync } from 'node:fs';

/** Bytes, since the process's start. */
export function peakRssBytes(): number {
  try {
    // getrusage also counts what the parent held before it started this program; the kernel's own mark does not.
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Not a Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
