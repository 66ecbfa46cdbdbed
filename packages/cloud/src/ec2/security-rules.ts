/** Rules of security groups, as templates give them and DescribeSecurityGroups shows them. Packets are not simulated: rules are only looked at. */

export interface SecurityRule {
  readonly way: 'ingress' | 'egress';
  readonly protocol: string;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
  readonly cidr: string | undefined;
  readonly groupId: string | undefined;
  readonly prefixListId: string | undefined;
}

/** A group without rules for egress lets everything out. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html */
export const everythingOut: SecurityRule = {
  way: 'egress',
  protocol: '-1',
  fromPort: undefined,
  toPort: undefined,
  cidr: '0.0.0.0/0',
  groupId: undefined,
  prefixListId: undefined,
};

// biome-ignore lint/suspicious/noExplicitAny: a template's properties.
export function readRule(way: SecurityRule['way'], properties: any): SecurityRule {
  const port = (value: unknown) => (value === undefined ? undefined : Number(value));
  return {
    way,
    protocol: String(properties.IpProtocol),
    fromPort: port(properties.FromPort),
    toPort: port(properties.ToPort),
    cidr: properties.CidrIp ?? properties.CidrIpv6,
    groupId: way === 'ingress' ? properties.SourceSecurityGroupId : properties.DestinationSecurityGroupId,
    prefixListId: way === 'ingress' ? properties.SourcePrefixListId : properties.DestinationPrefixListId,
  };
}

export function describePermissions(rules: ReadonlyMap<string, SecurityRule>, way: SecurityRule['way']): object[] {
  return [...rules.values()]
    .filter((rule) => rule.way === way)
    .map(({ protocol, fromPort, toPort, cidr, groupId, prefixListId }) => ({
      ipProtocol: protocol,
      fromPort,
      toPort,
      groups: groupId === undefined ? [] : [{ groupId }],
      ipRanges: cidr === undefined ? [] : [{ cidrIp: cidr }],
      prefixListIds: prefixListId === undefined ? [] : [{ prefixListId }],
    }));
}
