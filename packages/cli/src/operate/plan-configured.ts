/** `hourglass plan NAME`: what a mirror of a configured repository would do, by the planner of `hourglass plan`, with the refs that the deployment selects. */
import { destinationOf, sourceOf } from '@hourglass/operations/parts/requests/request-task';
import { UsageError } from '../errors.ts';
import type { PlanCommandOptions } from '../mirror/run-mirror.ts';
import { runPlan } from '../mirror/run-plan.ts';
import { withDeployment } from './connect.ts';
import type { DeploymentOptions } from './options.ts';

/** @returns the exit status */
export async function planConfigured(name: string, options: PlanCommandOptions & DeploymentOptions): Promise<number> {
  if (/[:/]/.test(name)) {
    throw new UsageError(
      'the destination is missing: give two addresses, or the name of a configured repository alone',
    );
  }
  const sides = await withDeployment(options, async (deployment) => {
    const refs = deployment.repositories[name]?.refs ?? [];
    return {
      source: sourceOf(deployment, name),
      destination: withProfile(destinationOf(deployment, name), options.profile),
      include: refs.filter((pattern) => !pattern.startsWith('^')),
      exclude: refs.filter((pattern) => pattern.startsWith('^')).map((pattern) => pattern.slice(1)),
    };
  });
  const { include = sides.include, exclude = sides.exclude } = options;
  return await runPlan(sides.source, sides.destination, {
    ...options,
    ...(include.length > 0 && { include }),
    ...(exclude.length > 0 && { exclude }),
  });
}

/** CodeCommit's addresses name the profile that signs for them. */
function withProfile(address: string, profile: string | undefined): string {
  return profile === undefined ? address : address.replace(/^(codecommit::[\w-]+:\/\/)(?=[^@]*$)/, `$1${profile}@`);
}
