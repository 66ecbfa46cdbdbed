/** A task by its name; a mirror's leads to its repository. */
import { addressOf } from '../state/route.ts';

const MIRROR = 'mirror:';

export const repositoryOf = (task: string): string | undefined =>
  task.startsWith(MIRROR) ? task.slice(MIRROR.length) : undefined;

export function TaskName({ task }: { task: string }) {
  const repository = repositoryOf(task);
  if (repository === undefined) return <span class="name">{task}</span>;
  return (
    <a class="name" href={addressOf('repositories', repository)} title={repository}>
      {repository}
    </a>
  );
}
