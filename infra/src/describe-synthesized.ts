/** The short list that ends a synth: what was written, and what is in it. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { HourglassConfig } from './config.ts';
import { chooseEndpointServices } from './endpoint-services.ts';
import type { Synthesized } from './synthesize.ts';

/** Lines for people: the templates with their resources counted by kind, and what an hour of open endpoints costs. */
export function describeSynthesized(synthesized: Synthesized, config: HourglassConfig): string {
  const { assembly, controlPlaneTemplate, endpointsTemplate } = synthesized;
  return [
    describeTemplate('control plane', controlPlaneTemplate),
    describeTemplate('endpoints', endpointsTemplate),
    describeEndpointHours(config),
    `assembly: ${relative(process.cwd(), assembly.directory) || '.'}`,
    '',
  ].join('\n');
}

/** AWS bills each endpoint by the hour in each Zone: https://aws.amazon.com/privatelink/pricing/ */
function describeEndpointHours(config: HourglassConfig): string {
  const services = chooseEndpointServices(config);
  const each = services.length;
  return config.endpointSubnets
    .map(
      ({ subnet, zone }) =>
        `  an open hour costs ${each} endpoint-hours in ${zone ?? `the Zone of ${subnet}`}: ${services.join(', ')}`,
    )
    .join('\n');
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
