/**
 * The contracts in an EventBridge schema registry, where the configuration wants them there: consoles and code generators find them beside those of AWS. The registry
 * and its schemas are free (https://aws.amazon.com/eventbridge/pricing/). A schema is of the whole event, in the draft that the registry takes, and has the name that EventBridge's
 * own discovery would give it: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-schema.html
 */
import { publishedContracts } from '@hourglass/shared/published';
import { CfnRegistry, CfnSchema } from 'aws-cdk-lib/aws-eventschemas';
import { Construct } from 'constructs';
import { z } from 'zod';
import type { Names } from './names.ts';

/** Makes the registry and a schema of each event. */
export function registerSchemas(parent: Construct, names: Names): void {
  const scope = new Construct(parent, 'Schemas');
  const registry = new CfnRegistry(scope, 'Registry', {
    registryName: names.schemas,
    description: `The events of ${names.bus}`,
  });
  for (const { name, sources, detail } of publishedContracts) {
    const schema = new CfnSchema(scope, name, {
      registryName: names.schemas,
      schemaName: `${sources[0]}@${name}`,
      description: `What an event of ${names.bus} has in it that is called ${name}`,
      type: 'JSONSchemaDraft4',
      content: JSON.stringify({
        $schema: 'http://json-schema.org/draft-04/schema#',
        title: name,
        type: 'object',
        required: ['detail-type', 'source', 'detail'],
        properties: {
          'detail-type': { type: 'string', enum: [name] },
          source: { type: 'string', enum: sources },
          detail: draft4(detail),
        },
      }),
    });
    schema.node.addDependency(registry);
  }
}

/** Without the words of later drafts. */
function draft4(detail: z.ZodType): object {
  const { $schema: _, ...schema } = z.toJSONSchema(detail, { io: 'input', target: 'draft-4' });
  return schema;
}
