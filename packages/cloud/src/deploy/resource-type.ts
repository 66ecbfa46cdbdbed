/**
 * How a template's resource becomes part of the simulated AWS. A service folder registers one entry per CloudFormation type.
 */
import type { CloudCore } from '../service.ts';

/** What a resource is created in. */
export interface ResourceContext {
  readonly core: CloudCore;
  readonly logicalId: string;
  readonly stackName: string;
  readonly stackId: string;
  /** Who creates it: undefined for the trusted control-plane deployment, else CloudFormation's role (see `CloudCore.call`). */
  readonly principal: import('../service.ts').Principal | undefined;
  /** The folder of the cloud assembly, for assets. Undefined for templates given at run time. */
  readonly assemblyDir: string | undefined;
  /** A physical name as CloudFormation makes one: `<stack>-<logicalId>-<12 characters>`. */
  generatedName(): string;
  /** Tags of the stack as a whole, which CloudFormation puts on what it creates. */
  readonly stackTags: readonly { Key: string; Value: string }[];
}

/** What exists afterwards. */
export interface CreatedResource {
  /** What `Ref` gives; also the physical id. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives. Dotted names (`Endpoint.Address`) are plain keys. A name not here fails the deployment. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface ResourceType {
  // biome-ignore lint/suspicious/noExplicitAny: properties are the template's; each type checks what it reads.
  create(properties: any, context: ResourceContext): CreatedResource | Promise<CreatedResource>;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  delete?(ref: string, properties: any, context: ResourceContext): void | Promise<void>;
}
