/** CloudFormation's `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable` (its replica in this region). */
import type { CloudCore, CreatedResource, ResourceContext, ResourceType } from '../core.ts';
import { DeployError } from '../errors.ts';

type Ask = (operation: string, input: Record<string, unknown>) => Promise<unknown>;

/** @param ask asks the engine without an IAM check, for the trusted deployment. */
export function createTableTypes(core: CloudCore, ask: Ask): Readonly<Record<string, ResourceType>> {
  const type: ResourceType = {
    async create(properties, context) {
      return createTable(properties, context, askAs(core, ask, context));
    },
    async delete(ref, _properties, context) {
      await askAs(core, ask, context)('DeleteTable', { TableName: ref });
    },
  };
  return { 'AWS::DynamoDB::Table': type, 'AWS::DynamoDB::GlobalTable': type };
}

function askAs(core: CloudCore, ask: Ask, { principal }: ResourceContext): Ask {
  return principal === undefined ? ask : (operation, input) => core.call('dynamodb', operation, input, principal);
}

async function createTable(
  // biome-ignore lint/suspicious/noExplicitAny: a template's properties.
  properties: any,
  context: ResourceContext,
  ask: Ask,
): Promise<CreatedResource> {
  if (properties.StreamSpecification !== undefined) {
    throw new DeployError(`${context.logicalId}: the simulated DynamoDB has no streams`);
  }
  const name = String(properties.TableName ?? context.generatedName());
  const created = (await ask('CreateTable', {
    TableName: name,
    AttributeDefinitions: properties.AttributeDefinitions,
    KeySchema: properties.KeySchema,
    // Throughput is never short here, so every table is on demand.
    BillingMode: 'PAY_PER_REQUEST',
    ...copyIndexes('GlobalSecondaryIndexes', properties),
    ...copyIndexes('LocalSecondaryIndexes', properties),
  })) as { TableDescription: { TableId?: string } };
  const timeToLive = properties.TimeToLiveSpecification;
  if (timeToLive?.Enabled === true || timeToLive?.Enabled === 'true') {
    await ask('UpdateTimeToLive', {
      TableName: name,
      TimeToLiveSpecification: { AttributeName: timeToLive.AttributeName, Enabled: true },
    });
  }
  const arn = context.core.arn('dynamodb', `table/${name}`);
  return { ref: name, attributes: { Arn: arn, TableId: created.TableDescription.TableId } };
}

function copyIndexes(member: string, properties: Record<string, unknown>): Record<string, unknown> {
  const indexes = properties[member];
  if (!Array.isArray(indexes) || indexes.length === 0) return {};
  return {
    [member]: indexes.map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection })),
  };
}
