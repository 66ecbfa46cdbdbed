/**
 * Reads a synthesized cloud assembly: the manifest, a stack's template, and where its assets lie.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DeployError } from '../errors.ts';
import type { Template } from './template.ts';

/** The template of `stackName` in the assembly. Throws DeployError. */
export function readTemplate(assemblyDir: string, stackName: string): { template: Template; templateDir: string } {
  const manifestFile = join(assemblyDir, 'manifest.json');
  if (!existsSync(manifestFile)) {
    throw new DeployError(`${assemblyDir} holds no manifest.json: it is not a synthesized assembly`);
  }
  const manifest = readJson(manifestFile) as { artifacts?: Record<string, Artifact> };
  const stacks = Object.entries(manifest.artifacts ?? {}).filter(
    ([, entry]) => entry.type === 'aws:cloudformation:stack',
  );
  const found = stacks.find(([id, entry]) => (entry.properties?.stackName ?? id) === stackName);
  if (found === undefined) {
    const names = stacks.map(([id, entry]) => entry.properties?.stackName ?? id).join(', ');
    throw new DeployError(`the assembly holds no stack "${stackName}", but: ${names}`);
  }
  const templateFile = found[1].properties?.templateFile ?? `${found[0]}.template.json`;
  return { template: readJson(join(assemblyDir, templateFile)) as Template, templateDir: assemblyDir };
}

interface Artifact {
  readonly type: string;
  readonly properties?: { readonly stackName?: string; readonly templateFile?: string };
}

interface AssetManifest {
  readonly files?: Record<
    string,
    {
      readonly source: { readonly path: string };
      readonly destinations: Record<string, { readonly objectKey: string }>;
    }
  >;
}

/** The folder an asset was staged in, by the key it would have in the bucket. Throws DeployError. */
export function findAssetFolder(assemblyDir: string, objectKey: string): string {
  for (const file of readdirSync(assemblyDir).filter((name) => name.endsWith('.assets.json'))) {
    const manifest = readJson(join(assemblyDir, file)) as AssetManifest;
    for (const asset of Object.values(manifest.files ?? {})) {
      if (Object.values(asset.destinations).some((destination) => destination.objectKey === objectKey)) {
        return resolve(assemblyDir, asset.source.path);
      }
    }
  }
  throw new DeployError(`no asset of ${assemblyDir} has the key ${objectKey}`);
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
