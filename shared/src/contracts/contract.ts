/** An event contract as one object: its name (`detail-type`), who may send it, its version, and the shape of its `detail`. */
import * as z from 'zod';

/** Hourglass's own services; internal rules match this source only. */
export const INTERNAL_SOURCE = 'hourglass';

export interface Contract<Name extends string = string, Detail extends z.ZodType = z.ZodType> {
  readonly name: Name;
  readonly sources: readonly string[];
  readonly version: number;
  readonly detail: Detail;
}

export type DetailOf<C extends Contract> = z.output<C['detail']>;

/** Every contract is at version 1; a breaking change adds a contract of version 2 beside it. */
export function defineContract<Name extends string, Shape extends z.ZodRawShape>(
  name: Name,
  sources: readonly string[],
  shape: Shape,
) {
  const detail = z.object({ version: z.literal(1), ...shape });
  return { name, sources, version: 1, detail } as const;
}

/** The EventBridge envelope, as far as Hourglass reads it. Unknown fields are AWS's business. */
export function envelopeOf<C extends Contract>(contract: C) {
  return z.object({
    id: z.string().min(1),
    source: z.enum(contract.sources as [string, ...string[]]),
    'detail-type': z.literal(contract.name),
    time: z.string(),
    detail: contract.detail as C['detail'],
  });
}
