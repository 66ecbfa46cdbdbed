/**
 * Finds a deployment by its name: it describes itself in Parameter Store, so nothing is guessed from names. Its clock is the one of the answers' `Date`
 * header, which in `hourglass local` runs faster than the wall's.
 */
import { type Parameter, paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import {
  DESCRIPTION_VERSION,
  DeploymentDescription,
  DescribedRepositories,
  descriptionPath,
} from '@hourglass/shared/deployment-description';
import type { OperatorClients } from '../clients.ts';
import { NotFound, VersionsDiffer } from '../errors.ts';
import { listDeployments } from './list-deployments.ts';
import { type ServerClock, watchServerClock } from './server-clock.ts';

export interface Deployment {
  readonly name: string;
  readonly region: string;
  readonly clients: OperatorClients;
  readonly description: DeploymentDescription;
  /** What the configuration says of repositories, by name. `description.repositories` says whether only these may be asked for. */
  readonly repositories: DescribedRepositories;
  /** Epoch milliseconds of the deployment's world. */
  nowMs(): number;
}

export interface DeploymentToOpen {
  readonly clients: OperatorClients;
  /** Without one: the only deployment that there is in this account and Region. */
  readonly name?: string | undefined;
}

/**
 * @throws NotFound if there is none, or several and no name; VersionsDiffer if it was deployed by a release that did not write, or writes otherwise, what
 * is read here
 */
export async function openDeployment({ clients, name }: DeploymentToOpen): Promise<Deployment> {
  const ssm = await clients.ssm();
  const clock = watchServerClock(ssm, await clients.dynamoDb());
  const region = await ssm.config.region();
  const chosen = name ?? (await chooseDeployment(clients, region));
  const parameters: Parameter[] = [];
  const path = descriptionPath(chosen);
  for await (const page of paginateGetParametersByPath({ client: ssm }, { Path: path, Recursive: true })) {
    parameters.push(...(page.Parameters ?? []));
  }
  const written = parameters.find((parameter) => parameter.Name === `${path}/description`)?.Value;
  if (written === undefined) throw await nothingFound(clients, chosen, region);
  const description = readDescription(written, chosen);
  const repositories = readRepositories(parameters, path);
  return { name: chosen, region, clients, description, repositories, nowMs: nowFrom(clock) };
}

const nowFrom = (clock: ServerClock) => () => clock.nowMs();

async function chooseDeployment(clients: OperatorClients, region: string): Promise<string> {
  const found = await listDeployments(clients);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined) {
    throw new NotFound(
      `there is no deployment of Hourglass in ${region} in this account: name another Region with --region or another account with --profile, or deploy one`,
    );
  }
  throw new NotFound(`there are several deployments in ${region}, so name one with --deployment: ${found.join(', ')}`);
}

/** A table without a description: whoever deployed it did not write one yet. */
async function nothingFound(clients: OperatorClients, name: string, region: string): Promise<Error> {
  const found = await listDeployments(clients).catch((): string[] => []);
  if (found.includes(name)) {
    return new VersionsDiffer(
      `the deployment ${name} in ${region} is older than this command and does not publish what is needed here: deploy it again with this release`,
    );
  }
  const others = found.length > 0 ? ` (there: ${found.join(', ')})` : '';
  return new NotFound(
    `there is no deployment ${name} in ${region} in this account${others}: correct --deployment, or name another Region with --region`,
  );
}

function readDescription(text: string, name: string): DeploymentDescription {
  const value = parse(text);
  const version = Number((value as { version?: unknown } | undefined)?.version);
  if (version > DESCRIPTION_VERSION) {
    throw new VersionsDiffer(
      `the deployment ${name} is newer than this command: use the release that it was deployed by`,
    );
  }
  const read = DeploymentDescription.safeParse(value);
  if (read.success) return read.data;
  throw new VersionsDiffer(
    `the deployment ${name} does not describe itself as this command expects: deploy it again with this release`,
  );
}

function readRepositories(parameters: readonly Parameter[], path: string): DescribedRepositories {
  const parts = parameters
    .filter(({ Name = '' }) => Name.startsWith(`${path}/repositories/`))
    .map(({ Value = '' }) => DescribedRepositories.safeParse(parse(Value)).data ?? {});
  return Object.assign(Object.create(null), ...parts);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
