/** The short list that ends a synth: what was written, and what is in it. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { endpointPrices } from '@hourglass/cost/prices';
import type { HourglassConfig } from './config.ts';
import { regionOf } from './config-reach.ts';
import { chooseEndpointServices } from './endpoint-services.ts';
import type { Synthesized } from './synthesize.ts';

/** Lines for people: the templates with their resources counted by kind, and what an hour of open endpoints costs. */
export function describeSynthesized(synthesized: Synthesized, config: HourglassConfig): string {
  const { assembly, controlPlaneTemplate, endpointsTemplate } = synthesized;
  return [
    describeTemplate('control plane', controlPlaneTemplate),
    describeTemplate('endpoints', endpointsTemplate),
    describeEndpointHours(config),
    describeChecks(assembly.directory),
    `assembly: ${relative(process.cwd(), assembly.directory) || '.'}`,
    '',
  ].join('\n');
}

/** AWS bills each endpoint by the hour in each Zone, and traffic between Zones by the GB in both directions. */
function describeEndpointHours(config: HourglassConfig): string {
  const services = chooseEndpointServices(config);
  const hours = config.endpointSubnets.map(
    ({ subnet, zone }) =>
      `  an open hour costs ${services.length} ${services.length === 1 ? 'endpoint-hour' : 'endpoint-hours'} in ${zone ?? `the Zone of ${subnet}`}: ${services.join(', ')}`,
  );
  return [
    ...hours,
    `  each ${describePrice(config)} (https://aws.amazon.com/privatelink/pricing/); a task subnet costs nothing, its traffic to another Zone 0.01 USD a GB and way`,
  ].join('\n');
}

/** The Region's price where a Zone names the Region; else what the table spans. */
function describePrice(config: HourglassConfig): string {
  const region = regionOf(config);
  const price = Object.entries(endpointPrices).find(([name]) => name === region)?.[1];
  if (price && price.usdPerHour !== null) {
    const asOf = price.confirmedOn === null ? 'not confirmed against the price list' : `price of ${price.confirmedOn}`;
    return `${price.usdPerHour} USD in ${region}, ${asOf}`;
  }
  const known = Object.values(endpointPrices).flatMap(({ usdPerHour }) => usdPerHour ?? []);
  return `${Math.min(...known)} to ${Math.max(...known)} USD, by Region`;
}

/** What the checks of the synthesis found; a finding that no reason accounts for would have stopped it. */
function describeChecks(directory: string): string {
  const file = join(directory, 'validation-report.json');
  const { pluginReports } = JSON.parse(readFileSync(file, 'utf8')) as { pluginReports: CheckReport[] };
  return pluginReports
    .map(({ pluginName, violations, suppressedViolations = [] }) => {
      const name = pluginName === 'AwsSolutions' ? 'cdk-nag, AwsSolutions' : pluginName;
      const accepted =
        suppressedViolations.length > 0 ? `; ${suppressedViolations.length} accepted, each with its reason` : '';
      return `${name}: ${violations.length || 'no'} ${violations.length === 1 ? 'finding' : 'findings'}${accepted} (${relative(process.cwd(), file)})`;
    })
    .join('\n');
}

/** One tool's part of the report that the CDK writes. */
interface CheckReport {
  readonly pluginName: string;
  readonly violations: unknown[];
  readonly suppressedViolations?: unknown[];
}

function describeTemplate(title: string, file: string): string {
  const text = readFileSync(file, 'utf8');
  const { Resources } = JSON.parse(text) as { Resources: Record<string, { Type: string }> };
  const counts = new Map<string, number>();
  for (const { Type } of Object.values(Resources)) {
    const kind = Type.replace(/^AWS::/, '');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const kinds = [...counts]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([kind, number]) => `  ${String(number).padStart(3)} ${kind}`);
  return [`${title}: ${relative(process.cwd(), file)} (${Buffer.byteLength(text)} bytes)`, ...kinds].join('\n');
}
