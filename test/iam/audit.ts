/** Policies against what was recorded: a permission is needed if, once it is taken away, a recorded call is denied. */
import { type Cloud, createCloud, DeployError } from '@hourglass/cloud';
import { TABLE } from '../scenarios/deployment.ts';
import { addOutside } from '../scenarios/hooks.ts';
import { type Permission, type Template, withoutPermission } from './permissions.ts';
import type { ApiTrace } from './record.ts';

/** The names of roles hang on the order of creation only, so that a call recorded in one world can be judged in another. */
async function inWorldOf<Result>(
  template: Template,
  assemblyDir: string,
  look: (cloud: Cloud) => Result | Promise<Result>,
): Promise<Result> {
  const cloud = createCloud({ dynamo: 'memory' });
  addOutside(cloud);
  try {
    const { outputs } = await cloud.deployTemplate(template, TABLE, { assemblyDir });
    cloud.createUser('on-premises', [outputs.ClientPolicyArn ?? '']);
    return await look(cloud);
  } finally {
    await cloud.close();
  }
}

/** @returns why these calls, or the deployment itself, are denied by the template's policies; empty if all are allowed. */
export async function findDenied(template: Template, assemblyDir: string, calls: ApiTrace[]): Promise<string[]> {
  try {
    return await inWorldOf(template, assemblyDir, (cloud) => calls.flatMap((call) => cloud.judge(call) ?? []));
  } catch (error) {
    // An event source that may not read its queue is refused when it is made.
    if (error instanceof DeployError && /is not authorized to perform/.test(error.message)) return [error.message];
    throw error;
  }
}

/** @returns for each permission the recorded calls that are denied once it is taken away: none, if it is not needed. */
export async function auditPermissions(
  template: Template,
  assemblyDir: string,
  permissions: Permission[],
  calls: ApiTrace[],
): Promise<Map<Permission, string[]>> {
  const audit = new Map<Permission, string[]>();
  for (const permission of permissions) {
    const concerned = calls.filter(({ demands }) => demands.some(({ action }) => action === permission.action));
    const changed = withoutPermission(template, permission);
    audit.set(permission, concerned.length === 0 ? [] : await findDenied(changed, assemblyDir, concerned));
  }
  return audit;
}

export const describePermission = ({ owner, action, resource }: Permission) => `${owner}: ${action} on ${resource}`;
