/**
 * The one custom resource there is: the clean-up of a control plane. Its function acts when its stack is deleted, and a control plane
 * that is deployed here never is (`deployStack`); tests call the function as CloudFormation would. Here its function must exist.
 */

import type { ResourceType } from '../core.ts';
import { DeployError } from '../errors.ts';
import type { FunctionRegistry } from '../lambda/registry.ts';

/** Any other custom resource is an unknown type, and refused. */
export function createCustomResourceTypes(functions: FunctionRegistry): Record<string, ResourceType> {
  return {
    'Custom::HourglassCleanUp': {
      create({ ServiceToken, ServiceTimeout, ...properties }, { logicalId }) {
        const unknown = Object.keys(properties);
        if (unknown.length > 0) throw new DeployError(`${logicalId}: ${unknown.join()} of a clean-up is not simulated`);
        if (Number(ServiceTimeout) > 3_600)
          throw new DeployError(`${logicalId}: ServiceTimeout is at most 3600 seconds`);
        functions.find(ServiceToken);
        return { ref: logicalId, attributes: {} };
      },
    },
  };
}
