/** A name as an operator types it, and the task that it means. */
import type { Deployment } from '@hourglass/operations/parts/deployment/open-deployment';
import { UsageError } from '../errors.ts';

/**
 * `mirror:app` and `command:backup` say it; `app` is a repository, unless only a command has that name.
 * @throws UsageError for what neither can be called
 */
export function nameTask({ description, repositories }: Deployment, name: string): string {
  if (/^(mirror|command):[\w.-]+$/.test(name)) return name;
  if (!/^[\w.-]{1,100}$/.test(name))
    throw new UsageError(`${JSON.stringify(name)} is no name of a repository or a command`);
  const isCommand = description.commands.includes(name) && !Object.hasOwn(repositories, name);
  return `${isCommand ? 'command' : 'mirror'}:${name}`;
}

/** Whether the deployment may be asked for it. */
export function isKnown({ description, repositories }: Deployment, task: string): boolean {
  const name = task.slice(task.indexOf(':') + 1);
  if (task.startsWith('command:')) return description.commands.includes(name);
  return description.repositories === null || Object.hasOwn(repositories, name);
}
