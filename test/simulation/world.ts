/**
 * One deployment to be simulated: the synthesized templates and the real bundles in the simulated AWS, tasks without processes, and an observer
 * that looks at every step. Everything in it follows from the seed and from what is asked of it.
 *
 *   const world = await createSimulatedWorld({ assembly, seed: 7 });
 *   world.cloud.setFaults(…);
 *   await world.request('mirror:app');
 *   await world.cloud.driver.advanceBy(3_600_000);
 *   await world.settle();
 *   world.observer.violations;
 *   await world.close();
 */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type Cloud, createCloud, type LambdaFunction } from '@hourglass/cloud';
import { addOutside } from '../scenarios/hooks.ts';
import { type Carriers, carryDirectly } from './carriers.ts';
import type { DirectFates } from './faults/direct.ts';
import { TABLE } from './names.ts';
import { Observer } from './observer/observer.ts';
import { createRandom } from './random.ts';
import { settle } from './settle.ts';
import { Sources } from './sources.ts';
import { type Behaviour, createTaskRunner } from './virtual-tasks.ts';

const START_MS = Date.UTC(2026, 0, 5, 9);

export interface WorldOptions {
  /** The cloud assembly with the stack `hourglass-test`; one with other bundles in it simulates those. */
  assembly: string;
  seed: number;
  /** How the next task behaves. Default: it takes about a minute and a half, and succeeds. */
  behave?: () => Behaviour;
  /** What carries mirrors; tasks alone unless said. For all else the assembly has the direct carrier. */
  carriers?: Carriers;
  /** What befalls the direct carrier's git servers. */
  fates?: DirectFates;
}

export type OperatorAsk = 'PauseRequested' | 'ResumeRequested' | 'CloseRequested';

export interface SimulatedWorld {
  cloud: Cloud;
  observer: Observer;
  sources: Sources;
  startMs: number;
  /** A push, and the request that announces it. @returns the request's id */
  request(taskKey: string, options?: { requestId?: string; maxDelaySeconds?: number; times?: number }): Promise<string>;
  /** The operator asks it of the lease: of one task, or of everything. */
  ask(ask: OperatorAsk, of?: { readonly taskKey?: string }): Promise<void>;
  functionOf(service: string): LambdaFunction;
  /** Lets time pass until nothing is owed any more, and checks what must hold then. Faults must be over. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export async function createSimulatedWorld(options: WorldOptions): Promise<SimulatedWorld> {
  const { assembly, seed, behave, carriers = 'fargate', fates } = options;
  const durations = createRandom(seed, 'durations');
  const sources = new Sources();
  const taskRunner = createTaskRunner({
    cloud: () => cloud,
    table: TABLE,
    sources,
    behave: behave ?? (() => ({ durationMs: usualDuration(durations.aroundMedian(90_000, 0.7)), ends: 'succeeds' })),
    onCopied: (run) => observer.copied(run),
  });
  const cloud = createCloud({ dynamo: 'memory', startMs: START_MS, seed, tasks: { taskRunner } });
  addOutside(cloud);
  const { outputs } = await cloud.deploy(assembly, TABLE);
  await cloud.parts.dynamodb.engine();
  // In two Zones, so that one alone may be without capacity.
  const runner = cloud.functions.find(`${TABLE}-runner`);
  runner.configure({ TASK_SUBNETS: `${runner.settings.variables.TASK_SUBNETS},subnet-0bbbbbbbbbbbbbbb2` });
  const onBroken = (repository: string, why: string) => observer.brokenPack(repository, why);
  if (carriers !== 'fargate') carryDirectly(cloud, sources, { seed, carriers, fates, onBroken });
  const observer = new Observer(cloud, sources);
  const client = new EventBridgeClient({
    region: cloud.region,
    requestHandler: cloud.requestHandler(),
    credentials: cloud.createUser('on-premises', [outputs.ClientPolicyArn ?? '']),
  });
  const operator = once(
    () =>
      new EventBridgeClient({
        region: cloud.region,
        requestHandler: cloud.requestHandler(),
        credentials: cloud.createUser('operator', [outputs.OperatorPolicyArn ?? '']),
      }),
  );
  let requests = 0;
  return {
    cloud,
    observer,
    sources,
    startMs: START_MS,
    async request(taskKey, { requestId = `push-${++requests}`, maxDelaySeconds, times = 1 } = {}) {
      sources.push(taskKey, requestId);
      const [kind, name] = [taskKey.slice(0, taskKey.indexOf(':')), taskKey.slice(taskKey.indexOf(':') + 1)];
      const what = kind === 'mirror' ? { repository: name, sourceUrl: `https://git.test/${name}` } : { name };
      const Detail = JSON.stringify({ version: 1, requestId, ...what, ...(maxDelaySeconds && { maxDelaySeconds }) });
      const DetailType = kind === 'mirror' ? 'MirrorRequested' : 'TaskRequested';
      const entry = { EventBusName: TABLE, Source: 'hourglass.client', DetailType, Detail };
      await client.send(new PutEventsCommand({ Entries: Array.from({ length: times }, () => entry) }));
      return requestId;
    },
    async ask(DetailType, { taskKey } = {}) {
      const Detail = JSON.stringify({ version: 1, ...(taskKey !== undefined && { taskKey }) });
      const entry = { EventBusName: TABLE, Source: 'hourglass.operator', DetailType, Detail };
      await operator().send(new PutEventsCommand({ Entries: [entry] }));
    },
    functionOf: (service) => cloud.functions.find(`${TABLE}-${service}`),
    settle: () => settle(cloud, observer),
    close: () => cloud.close(),
  };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** No task is done in an instant. */
function usualDuration(drawnMs: number): number {
  return Math.max(5_000, drawnMs);
}
