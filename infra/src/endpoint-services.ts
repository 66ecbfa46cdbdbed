/** Which interface endpoints a deployment needs: a list, so that nobody pays for one too many. */
import type { HourglassConfig } from './config.ts';
import { credentialPlaces } from './config-rules.ts';

/**
 * What every task needs: its image from ECR (layers come through the S3 gateway), its logs, and CodeCommit over git.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html,
 * https://docs.aws.amazon.com/codecommit/latest/userguide/codecommit-and-interface-VPC.html
 */
const ofEveryTask = ['ecr.api', 'ecr.dkr', 'git-codecommit', 'logs'];

/** The services that get an interface endpoint: what the tasks, the sources' credentials and the commands need, less what the VPC has anyway. */
export function chooseEndpointServices(
  config: Pick<HourglassConfig, 'commands' | 'existingEndpoints' | 'sources'>,
): string[] {
  const wanted = new Set([...ofEveryTask, ...Object.values(config.commands).flatMap(({ endpoints }) => endpoints)]);
  if (credentialPlaces(config.sources).some((place) => 'secretArn' in place)) wanted.add('secretsmanager');
  // S3 and DynamoDB are reached through their free gateways.
  for (const service of ['s3', 'dynamodb', ...config.existingEndpoints]) wanted.delete(service);
  return [...wanted].sort();
}
