/**
 * How long calls take, so that handlers overlap as they do in AWS. Assumed, not measured: about what is usual between a Lambda function and
 * AWS's APIs in one Region.
 */
import type { CallFault, FaultedCall } from '@hourglass/cloud';
import { createRandom } from '../../simulation/random.ts';

const USUAL_MS: Record<string, number> = {
  dynamodb: 8,
  sqs: 10,
  events: 20,
  scheduler: 60,
  codecommit: 100,
  cloudformation: 200,
  ecs: 400,
};

/** Of functions' calls, half of it on the way there and half on the way back. */
export function createLatencies(seed: number): (call: FaultedCall) => CallFault | undefined {
  const random = createRandom(seed, 'latencies');
  return ({ service, invoker }) => {
    const usualMs = USUAL_MS[service];
    if (invoker === undefined || usualMs === undefined) return undefined;
    const halfMs = Math.max(1, Math.round(random.aroundMedian(usualMs, 0.4) / 2));
    return { delayMs: halfMs, answerDelayMs: halfMs };
  };
}
