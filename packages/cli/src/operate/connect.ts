/** From a command's options to the deployment that they mean, with what goes wrong on the way in words. */
import { type ClientSettings, createOperatorClients } from '@hourglass/operations/parts/clients';
import { type Deployment, openDeployment } from '@hourglass/operations/parts/deployment/open-deployment';
import { OperationFailed } from '@hourglass/operations/parts/errors';
import { explainFailure } from '@hourglass/operations/parts/explain-failure';
import { CommandFailed, UsageError } from '../errors.ts';
import { findLocalWorlds, type LocalState } from '../local/local-state.ts';
import type { DeploymentOptions } from './options.ts';
import { say } from './print.ts';

interface Way {
  readonly settings: ClientSettings;
  readonly name: string | undefined;
}

/** Opens the deployment, does `work` with it, and says in words what AWS, the way to it or the work has against it. */
export async function withDeployment<T>(
  options: DeploymentOptions,
  work: (deployment: Deployment) => Promise<T>,
): Promise<T> {
  let region = options.region ?? 'this Region';
  try {
    const { settings, name } = await findWay(options);
    if (typeof settings.region === 'string') region = settings.region;
    const deployment = await openDeployment({ clients: createOperatorClients(settings), name });
    region = deployment.region;
    return await work(deployment);
  } catch (error) {
    const endpoint = options.endpointUrl ?? process.env.AWS_ENDPOINT_URL;
    const explained = explainFailure(error, { region, profile: options.profile ?? process.env.AWS_PROFILE, endpoint });
    if (explained instanceof OperationFailed) throw new CommandFailed(explained.message);
    throw explained;
  }
}

async function findWay(options: DeploymentOptions): Promise<Way> {
  const { profile, region } = options;
  const name = options.deployment ?? (process.env.HOURGLASS_DEPLOYMENT || undefined);
  const endpoint = options.endpointUrl ?? (process.env.AWS_ENDPOINT_URL || undefined);
  if (endpoint !== undefined && !/^https?:\/\/\S+$/.test(endpoint)) {
    throw new UsageError(`--endpoint-url: ${JSON.stringify(endpoint)} is no http or https URL`);
  }
  const local = profile === undefined && !process.env.AWS_PROFILE ? await findLocal(name, endpoint) : undefined;
  if (local !== undefined) {
    // Keys that the environment has for this very endpoint are meant.
    const own = endpoint !== undefined && process.env.AWS_ACCESS_KEY_ID ? {} : { credentials: local.credentials };
    return {
      name: name ?? local.deployment,
      settings: { endpoint: local.endpoint, region: region ?? local.region, maxAttempts: 3, ...own },
    };
  }
  return {
    name,
    settings: {
      ...(region !== undefined && { region }),
      ...(profile !== undefined && { profile }),
      ...(endpoint !== undefined && { endpoint }),
      maxAttempts: 4,
    },
  };
}

/** The running world that is meant: at that endpoint, of that name; of several the last that was started, and a line says so. */
async function findLocal(name: string | undefined, endpoint: string | undefined): Promise<LocalState | undefined> {
  const worlds = await findLocalWorlds();
  const isThere = (state: LocalState) => endpoint === undefined || sameAddress(state.endpoint, endpoint);
  const there = worlds.filter(isThere);
  const named = there.filter((state) => name === undefined || name === state.deployment);
  // Of another name, but nothing else can be meant: a line says what there is.
  const isOnly = endpoint !== undefined || !process.env.AWS_ACCESS_KEY_ID;
  const meant = named.length === 0 && isOnly ? there : named;
  if (meant.length > 1) {
    const where = meant.slice(1).map((state) => state.endpoint);
    say(
      `hourglass: this is the hourglass local at ${meant[0]?.endpoint}, started last; --endpoint-url chooses: ${where.join(', ')}`,
    );
  }
  return meant[0];
}

function sameAddress(one: string, other: string): boolean {
  const [a, b] = [new URL(one), new URL(other)];
  const isHere = ({ hostname }: URL) => ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  return a.port === b.port && isHere(a) && isHere(b);
}
