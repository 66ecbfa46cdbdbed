/** Whether every function is there and can be invoked. https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html */
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { DeploymentMade } from '@hourglass/shared/deployment-needs';
import { fault, type Wrong } from '../checks/found.ts';
import type { Deployment } from '../deployment/open-deployment.ts';

export async function checkFunctions({ clients }: Deployment, { functions }: DeploymentMade): Promise<Wrong[]> {
  const lambda = await clients.lambda();
  const found: Wrong[] = [];
  for (const FunctionName of Object.values(functions)) {
    try {
      const { State, StateReason, LastUpdateStatus, LastUpdateStatusReason } = await lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName }),
      );
      if (State === 'Failed') {
        found.push(fault('functions', FunctionName, `it has failed: ${StateReason}`, 'deploy again'));
      } else if (LastUpdateStatus === 'Failed') {
        found.push(
          fault('functions', FunctionName, `its last update has failed: ${LastUpdateStatusReason}`, 'deploy again'),
        );
      }
    } catch (error) {
      if ((error as Error).name !== 'ResourceNotFoundException') throw error;
      found.push(fault('functions', FunctionName, 'the function is gone', 'deploy again, which makes it anew'));
    }
  }
  return found;
}
