/** Starts the console's server, or says that its port is taken. */
import { type ConsoleOptions, type RunningConsole, startConsole } from '@hourglass/console';
import { UsageError } from '../errors.ts';

export async function startOn(options: ConsoleOptions): Promise<RunningConsole> {
  try {
    return await startConsole(options);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EADDRINUSE') throw error;
    throw new UsageError(
      `port ${options.port} is in use; choose another for the console, or none for any that is free`,
    );
  }
}
