/**
 * What a rule's target gets: the event, a constant, a part of the event, or a transformed text.
 * Source: EventBridge user guide, "EventBridge input transformation".
 */
import { DeployError } from '../errors.ts';

export interface TargetInput {
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: { readonly InputPathsMap?: Record<string, string>; readonly InputTemplate: string };
}

/** Reads `$.detail.name` paths; array indexes as `[0]`. Undefined where nothing is. */
export function readPath(event: unknown, path: string): unknown {
  if (path === '$') {
    return event;
  }
  if (!/^\$(\.[\w-]+|\[\d+\]|\['[^']+'\])+$/.test(path)) {
    throw new DeployError(`event path "${path}" is not known to the simulated AWS`);
  }
  let value = event;
  for (const [, name, index, quoted] of path.slice(1).matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]/g)) {
    value = (value as Record<string, unknown> | undefined)?.[name ?? index ?? quoted ?? ''];
  }
  return value;
}

/** The text a target is called with. `eventText` is the event as JSON, made once for all targets. */
export function buildInput(target: TargetInput, event: object, eventText: string): string {
  if (target.Input !== undefined) {
    return target.Input;
  }
  if (target.InputPath !== undefined) {
    return JSON.stringify(readPath(event, target.InputPath) ?? null);
  }
  if (target.InputTransformer === undefined) {
    return eventText;
  }
  const { InputPathsMap = {}, InputTemplate } = target.InputTransformer;
  const filled = InputTemplate.replace(/<([\w.-]+)>/g, (whole, name: string, offset: number) => {
    const value = name === 'aws.events.event.json' ? event : readPath(event, InputPathsMap[name] ?? '$.never-there');
    if (value === undefined) {
      return Object.hasOwn(InputPathsMap, name) ? '' : whole;
    }
    // Inside quotes, also with other text beside it, a text stands bare; elsewhere it is JSON.
    const quoted = (InputTemplate.slice(0, offset).match(/(?<!\\)"/g)?.length ?? 0) % 2 === 1;
    return typeof value === 'string' && quoted ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value);
  });
  return filled;
}
