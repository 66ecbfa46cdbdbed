/** What a configuration needs of the account, in the form in which the preflight and `hourglass doctor` check it. */
import type { DeploymentNeeds } from '@hourglass/shared/deployment-needs';
import type { HourglassConfig } from './config.ts';
import { credentialPlaces, mirrorNames } from './config-rules.ts';
import { chooseEndpointServices } from './endpoint-services.ts';

export function needsOf(config: HourglassConfig): DeploymentNeeds {
  const { sources, endpointSubnets, webhooks, image } = config;
  return {
    deployment: config.deployment,
    vpcId: config.vpcId,
    vpcCidrs: config.vpcCidrs,
    taskSubnets: config.taskSubnets,
    endpointSubnets: endpointSubnets.map(({ subnet, zone }) => ({ subnet, ...(zone !== undefined && { zone }) })),
    routeTables: config.routeTables,
    gatewayEndpoints: config.gatewayEndpoints,
    prefixLists: config.prefixLists,
    existingEndpoints: config.existingEndpoints,
    interfaceEndpoints: Object.fromEntries(
      chooseEndpointServices(config).map((service) => [service, findWhoWants(config, service)]),
    ),
    sources: { hosts: sources.hosts, cidrs: sources.cidrs, ports: sources.ports },
    credentials: [...new Map(credentialPlaces(sources).map((place) => [Object.values(place).join(), place])).values()],
    maxParallelTasks: config.maxParallelTasks,
    taskCpu: config.task.cpu,
    mirrors: config.repositories === undefined ? null : mirrorNames(config),
    imageUri: 'uri' in image ? image.uri : null,
    webhookSecrets: Object.fromEntries(
      Object.entries(webhooks).map(([source, { secret }]) => [
        source,
        { parameter: secret.parameter, ...(secret.kmsKeyArn !== undefined && { kmsKeyArn: secret.kmsKeyArn }) },
      ]),
    ),
  };
}

/** The key because of which a service gets an endpoint; what every task needs, another Region would have to have. */
function findWhoWants({ commands, sources }: HourglassConfig, service: string): string {
  const [command] = Object.entries(commands).find(([, { endpoints }]) => endpoints.includes(service)) ?? [];
  if (command !== undefined) return `commands.${command}.endpoints`;
  const [host] =
    Object.entries(sources.networks).find(([, { credentials }]) => credentials && 'secretArn' in credentials) ?? [];
  return service === 'secretsmanager' ? `sources.networks.${host}.credentials` : 'AWS_REGION';
}
