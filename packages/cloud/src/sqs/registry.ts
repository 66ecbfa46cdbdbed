/**
 * The queues there are, by name, ARN and URL, and their policies.
 */

import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { PolicyDocument } from '../service.ts';
import { Queue, type QueueSettings } from './queue.ts';

export class QueueRegistry {
  readonly #core: CloudCore;
  readonly #queues = new Map<string, Queue>();
  readonly #policies = new Map<string, PolicyDocument>();

  constructor(core: CloudCore) {
    this.#core = core;
  }

  create(name: string, settings: QueueSettings): Queue {
    const core = this.#core;
    const queue = new Queue({
      name,
      arn: core.arn('sqs', name),
      settings,
      clock: core.clock,
      newId: () => core.newUuid(),
    });
    queue.onDead = (message) => {
      const target = this.byArn(settings.redrive?.deadLetterQueueArn ?? '');
      target.bury(message, queue.arn);
      core.trace({
        kind: 'message-dead-lettered',
        atMs: core.clock.nowMs(),
        queue: target.name,
        messageId: message.id,
        from: queue.name,
      });
    };
    this.#queues.set(name, queue);
    return queue;
  }

  remove(name: string): void {
    this.#queues.delete(name);
  }

  all(): Queue[] {
    return [...this.#queues.values()];
  }

  find(arn: string): Queue | undefined {
    const queue = this.#queues.get(arn.slice(arn.lastIndexOf(':') + 1));
    return queue?.arn === arn ? queue : undefined;
  }

  /** Throws ResourceNotFoundException. */
  byArn(arn: string): Queue {
    const queue = this.find(arn);
    if (queue === undefined) {
      throw new AwsError('ResourceNotFoundException', `The queue ${arn} does not exist.`, { httpStatus: 404 });
    }
    return queue;
  }

  /** Throws QueueDoesNotExist. */
  byName(name: string): Queue {
    const queue = this.#queues.get(name);
    if (queue === undefined) {
      throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', {
        queryCode: 'AWS.SimpleQueueService.NonExistentQueue',
      });
    }
    return queue;
  }

  /** By the last part of the URL: whichever host a client reached this world by. Throws QueueDoesNotExist. */
  byUrl(url: unknown): Queue {
    return this.byName(String(url ?? '').replace(/^.*\//, ''));
  }

  urlOf(queue: Queue): string {
    const { account, region } = this.#core;
    const base = this.#core.openEndpointUrl() ?? `https://sqs.${region}.amazonaws.com`;
    return `${base}/${account}/${queue.name}`;
  }

  /** The queues whose dead-letter queue is `arn`. */
  sourcesOf(arn: string): Queue[] {
    return this.all().filter((queue) => queue.settings.redrive?.deadLetterQueueArn === arn);
  }

  /** A queue has one policy; a second resource for the same queue replaces it, as in CloudFormation. */
  setPolicy(url: string, policy: PolicyDocument): void {
    this.#policies.set(this.byUrl(url).arn, policy);
  }

  policyOf(arn: string): PolicyDocument | undefined {
    return this.#policies.get(arn);
  }
}
