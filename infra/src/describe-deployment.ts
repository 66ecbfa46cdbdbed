/**
 * The deployment's description of itself, for whoever operates it: what it made, how it is set, what may be asked. In Parameter Store, where standard
 * parameters are free; `hourglass status` and its like read it, and so guess no names.
 */
import {
  DESCRIPTION_VERSION,
  type DeploymentDescription,
  type DescribedRepositories,
  descriptionPath,
} from '@hourglass/shared/deployment-description';
import type { DeploymentMade } from '@hourglass/shared/deployment-needs';
import { Aws, Stack } from 'aws-cdk-lib';
import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import manifest from '../package.json' with { type: 'json' };
import type { Arns } from './arns.ts';
import type { HourglassConfig } from './config.ts';
import { hasDirect } from './config-rules.ts';
import { chooseEndpointServices } from './endpoint-services.ts';
import { type Names, taskContainerName, taskLogStreamPrefix } from './names.ts';
import { needsOf } from './needs.ts';
import type { Queues } from './queues.ts';

interface DescriptionProps {
  readonly names: Names;
  readonly arns: Arns;
  readonly config: HourglassConfig;
  readonly queues: Queues;
  readonly made: DeploymentMade;
}

/** What is kept of a standard parameter's 4,096 characters for one more repository. */
const ROOM = 3_000;

/** Makes the parameters. */
export function describeDeployment(parent: Construct, props: DescriptionProps): void {
  const scope = new Construct(parent, 'Description');
  const path = descriptionPath(props.names.deployment);
  new StringParameter(scope, 'Needs', {
    parameterName: `${path}/needs`,
    description: `What ${props.names.stack} needs of the account, for hourglass doctor`,
    stringValue: Stack.of(parent).toJsonString({ version: 1, needs: needsOf(props.config), made: props.made }),
    // Many sources, repositories and secrets outgrow a free one.
    tier: ParameterTier.INTELLIGENT_TIERING,
  });
  new StringParameter(scope, 'Deployment', {
    parameterName: `${path}/description`,
    description: `What ${props.names.stack} is made of, for the hourglass command`,
    stringValue: Stack.of(parent).toJsonString(describe(props)),
    // Hundreds of commands outgrow a free one.
    tier: ParameterTier.INTELLIGENT_TIERING,
  });
  for (const [index, part] of inParts(repositoriesOf(props.config)).entries()) {
    new StringParameter(scope, `Repositories${index}`, {
      parameterName: `${path}/repositories/${index}`,
      description: `Repositories of ${props.names.stack}`,
      stringValue: JSON.stringify(part),
    });
  }
}

function describe({ names, arns, config, queues }: DescriptionProps): DeploymentDescription {
  return {
    version: DESCRIPTION_VERSION,
    release: manifest.version,
    deployment: names.deployment,
    bus: names.bus,
    table: names.table,
    cluster: arns.cluster,
    directLease: hasDirect(config) ? names.directLease : null,
    queueUrls: {
      intake: queues.intake.queueUrl,
      intakeDead: queues.intakeDead.queueUrl,
      replay: queues.replay.queueUrl,
      failedMirrors: queues.failedMirrors.queueUrl,
      undelivered: queues.undelivered.queueUrl,
      unhandled: queues.unhandled.queueUrl,
    },
    taskLogs: names.taskLogs,
    taskLogStreamPrefix: `${taskLogStreamPrefix}/${taskContainerName}/`,
    functionLogsPrefix: names.functionLogsPrefix,
    alarmPrefix: names.alarms,
    endpointsStack: names.endpointsStack,
    endpointServices: chooseEndpointServices(config),
    endpointZones: config.endpointSubnets.length,
    settings: {
      billing: config.billing,
      teardownLeadSeconds: config.teardownLeadSeconds,
      createSeconds: config.createSeconds,
      maxParallelTasks: config.maxParallelTasks,
      maxRepositoriesPerTask: config.maxRepositoriesPerTask,
      taskTimeLimitSeconds: config.taskTimeLimitSeconds,
      maxAttempts: config.maxAttempts,
      retryWithinSeconds: config.retryWithinSeconds,
      maxCreateFailures: config.maxCreateFailures,
    },
    maxDelaySeconds: config.maxDelaySeconds,
    destinationPrefix: config.destinationPrefix ?? `codecommit::${Aws.REGION}://`,
    commands: Object.keys(config.commands),
    repositories: config.repositories?.length ?? null,
  };
}

function repositoriesOf(config: HourglassConfig): [string, DescribedRepositories[string]][] {
  const { repositories, repositorySources, repositoryRefs, destinations, repositoryDelaySeconds } = config;
  const names = repositories ?? Object.keys({ ...repositorySources, ...destinations });
  return names.map((name) => [
    name,
    {
      ...(Object.hasOwn(repositorySources, name) && { source: repositorySources[name] }),
      ...(Object.hasOwn(destinations, name) && { destination: destinations[name] }),
      ...(Object.hasOwn(repositoryRefs, name) && { refs: repositoryRefs[name] }),
      ...(Object.hasOwn(repositoryDelaySeconds, name) && { maxDelaySeconds: repositoryDelaySeconds[name] }),
    },
  ]);
}

function inParts(repositories: [string, DescribedRepositories[string]][]): DescribedRepositories[] {
  const parts: [string, DescribedRepositories[string]][][] = [[]];
  let size = 0;
  for (const one of repositories) {
    const more = JSON.stringify(one).length;
    if (size > 0 && size + more > ROOM) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(one);
    size += more;
  }
  return parts.filter((part) => part.length > 0).map((part) => Object.fromEntries(part));
}
