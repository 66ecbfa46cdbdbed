/** How the functions fared: how often they ran, how long, and how often in vain. */
import type { Cloud } from '@hourglass/cloud';

export interface Handlers {
  /** By service. */
  runs: Record<string, number>;
  failed: number;
  /** Of virtual time: the calls' latencies, and the pauses between tries of a write. */
  longestSeconds: number;
  longest: string;
  /** Of the function that took longest. */
  timeoutSeconds: number;
  /** Messages that a function was given again, since it had given them back or had not ended in time. */
  messagesAgain: number;
}

export class HandlerWatch {
  readonly #cloud: Cloud;
  readonly #runs: Record<string, number> = {};
  #failed = 0;
  #longest = { ms: 0, functionName: '' };
  #messagesAgain = 0;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    cloud.onTrace((trace) => {
      if (trace.kind !== 'invocation-end') return;
      const service = serviceOf(trace.functionName);
      this.#runs[service] = (this.#runs[service] ?? 0) + 1;
      if (trace.outcome !== 'ok') this.#failed += 1;
      const { virtualMs: ms, functionName } = trace;
      if (ms >= this.#longest.ms) this.#longest = { ms, functionName };
    });
    cloud.onCall(({ operation }, output) => {
      if (operation !== 'ReceiveMessage') return;
      const { Messages = [] } = output as { Messages?: { Attributes?: { ApproximateReceiveCount?: string } }[] };
      this.#messagesAgain += Messages.filter(
        ({ Attributes }) => Number(Attributes?.ApproximateReceiveCount) > 1,
      ).length;
    });
  }

  count(): Handlers {
    const { ms, functionName } = this.#longest;
    return {
      runs: this.#runs,
      failed: this.#failed,
      longestSeconds: ms / 1000,
      longest: serviceOf(functionName),
      timeoutSeconds: this.#cloud.functions.find(functionName).settings.timeoutMs / 1000,
      messagesAgain: this.#messagesAgain,
    };
  }
}

function serviceOf(functionName: string): string {
  return functionName.replace(/^.*-/, '');
}
