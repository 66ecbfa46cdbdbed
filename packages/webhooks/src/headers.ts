/** One header by its name. What came twice is joined as HTTP joins it, and so is neither the one nor the other. */
import type { Delivery } from './delivery.ts';

export function header({ headers }: Pick<Delivery, 'headers'>, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return typeof value === 'object' ? value.join(', ') : value;
}

/** The same, but an empty one is as good as none. */
export function filledHeader(delivery: Pick<Delivery, 'headers'>, name: string): string | undefined {
  return header(delivery, name) || undefined;
}
