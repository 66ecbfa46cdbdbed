/** Whether the tasks' image is in ECR, and for the processor of the task definition: an index says for which ones it is; of a single image ECR says nothing. */
import { BatchGetImageCommand } from '@aws-sdk/client-ecr';
import { DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import type { DeploymentMade } from '@hourglass/shared/deployment-needs';
import { fault, type Wrong } from '../checks/found.ts';
import type { Deployment } from '../deployment/open-deployment.ts';

/** As Docker names what ECS names. */
const docker: Readonly<Record<string, string>> = { ARM64: 'arm64', X86_64: 'amd64' };

export async function checkImage({ clients }: Deployment, { taskDefinition }: DeploymentMade): Promise<Wrong[]> {
  const ecs = await clients.ecs();
  const { taskDefinition: definition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
  const image = definition?.containerDefinitions?.find(({ name }) => name === 'task')?.image ?? '';
  const [, registryId, repositoryName, separator, id] =
    /^(\d+)\.dkr\.ecr\.[^/]+\/([^:@]+)([:@])(.+)$/.exec(image) ?? [];
  if (registryId === undefined || repositoryName === undefined || id === undefined) {
    return [
      fault('image', image, 'it is not in ECR, and a sealed subnet reaches no other registry', 'put it into ECR'),
    ];
  }
  const imageId = separator === '@' ? { imageDigest: id } : { imageTag: id };
  const ecr = await clients.ecr();
  const push = 'push it again, or deploy again where the image is built';
  try {
    const { images = [] } = await ecr.send(
      new BatchGetImageCommand({
        registryId,
        repositoryName,
        imageIds: [imageId],
        acceptedMediaTypes: [...mediaTypes],
      }),
    );
    const [found] = images;
    if (found === undefined) return [fault('image', image, 'it is not in the repository', push)];
    const architecture = definition?.runtimePlatform?.cpuArchitecture ?? 'X86_64';
    const wanted = docker[architecture];
    const there = readArchitectures(found.imageManifest);
    if (there.length === 0 || wanted === undefined || there.includes(wanted)) return [];
    const message = `it is for ${there.join(', ')}, and tasks run on ${architecture}`;
    return [
      fault('image', image, message, `build it for linux/${wanted} (docker buildx build --platform linux/${wanted})`),
    ];
  } catch (error) {
    if ((error as Error).name !== 'RepositoryNotFoundException') throw error;
    return [fault('image', image, `there is no repository ${repositoryName}`, push)];
  }
}

/** The index first: a single image is given only where there is none. */
const mediaTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

function readArchitectures(manifest: string | undefined): string[] {
  const { manifests = [] } = JSON.parse(manifest ?? '{}') as { manifests?: { platform?: { architecture?: string } }[] };
  // Attestations are listed as images for no machine.
  return manifests.flatMap(({ platform }) => platform?.architecture ?? []).filter((name) => name !== 'unknown');
}
