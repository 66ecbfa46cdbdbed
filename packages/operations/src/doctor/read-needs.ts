/** What infra wrote down of a deployment's needs, and of what it has made. */
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { descriptionPath } from '@hourglass/shared/deployment-description';
import { type DeploymentMade, type DeploymentNeeds, NeedsParameter } from '@hourglass/shared/deployment-needs';
import type { Deployment } from '../deployment/open-deployment.ts';
import { VersionsDiffer } from '../errors.ts';

/** @throws VersionsDiffer if the deployment is older than this, or newer */
export async function readNeeds({
  clients,
  name,
}: Deployment): Promise<{ needs: DeploymentNeeds; made: DeploymentMade }> {
  const ssm = await clients.ssm();
  const text = await ssm.send(new GetParameterCommand({ Name: `${descriptionPath(name)}/needs` })).then(
    ({ Parameter }) => Parameter?.Value,
    (error: Error) => {
      if (error.name === 'ParameterNotFound') return undefined;
      throw error;
    },
  );
  const read = NeedsParameter.safeParse(text === undefined ? undefined : JSON.parse(text));
  if (read.success) return read.data;
  throw new VersionsDiffer(
    `the deployment ${name} does not say what it needs as this command expects: deploy it again with this release`,
  );
}
