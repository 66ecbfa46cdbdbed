/** What differs by where a Region is: its partition, its domain, and the names of the services that have interface endpoints there. */

export interface Partition {
  readonly name: 'aws' | 'aws-cn' | 'aws-us-gov';
  /** `AWS::URLSuffix`. */
  readonly suffix: string;
}

/** Those partitions in which all that is simulated can be had. */
export function partitionOf(region: string): Partition {
  if (region.startsWith('cn-')) return { name: 'aws-cn', suffix: 'amazonaws.com.cn' };
  if (region.startsWith('us-gov-')) return { name: 'aws-us-gov', suffix: 'amazonaws.com' };
  return { name: 'aws', suffix: 'amazonaws.com' };
}

/** https://docs.amazonaws.cn/en_us/vpc/latest/privatelink/aws-services-privatelink-support.html */
const prefixedInChina = ['ec2', 'ecr.api', 'ecr.dkr', 'lambda', 'monitoring', 'sqs', 'states', 'sts'];

/** `ecr.api` in full, as EC2 of that Region knows it. */
export function endpointServiceName(region: string, service: string): string {
  const isPrefixed = partitionOf(region).name === 'aws-cn' && prefixedInChina.includes(service);
  return `${isPrefixed ? 'cn.' : ''}com.amazonaws.${region}.${service}`;
}
