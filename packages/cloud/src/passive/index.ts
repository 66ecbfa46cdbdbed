/**
 * Resource types that have names but do nothing here: no part of the flow depends on what they do.
 */
import type { CloudCore, CloudPart, ResourceType } from '../core.ts';

export function createPassivePart(core: CloudCore): CloudPart {
  /** A type whose `Ref` is a name, with an ARN made of it. */
  const named = (
    nameProperty: string,
    arnOf: (name: string) => string,
    refIsArn = false,
    more: (name: string) => Record<string, unknown> = () => ({}),
  ): ResourceType => ({
    create(properties, context) {
      const name = properties[nameProperty] ?? context.generatedName();
      const arn = arnOf(name);
      return { ref: refIsArn ? arn : name, attributes: { Arn: arn, ...more(name) } };
    },
  });
  const nameless: ResourceType = {
    create: (_properties, context) => ({ ref: context.generatedName(), attributes: { Id: context.logicalId } }),
  };

  return {
    resourceTypes: {
      'AWS::Logs::ResourcePolicy': nameless,
      'AWS::Logs::QueryDefinition': nameless,
      'AWS::CloudWatch::CompositeAlarm': named('AlarmName', (name) => core.arn('cloudwatch', `alarm:${name}`)),
      'AWS::EventSchemas::Registry': named('RegistryName', (name) => core.arn('schemas', `registry/${name}`)),
      'AWS::EventSchemas::Schema': named('SchemaName', (name) => core.arn('schemas', `schema/${name}`)),
      'AWS::CloudWatch::Dashboard': named('DashboardName', (name) => core.arn('cloudwatch', `dashboard/${name}`)),
      'AWS::CodeCommit::Repository': named(
        'RepositoryName',
        (name) => core.arn('codecommit', name),
        false,
        (name) => ({
          Name: name,
          CloneUrlHttp: `https://git-codecommit.${core.region}.amazonaws.com/v1/repos/${name}`,
        }),
      ),
    },
  };
}
