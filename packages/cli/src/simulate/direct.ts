/** What the direct carrier costs by the mirror and by the look, with the prices it comes from. */
import {
  type DirectParts,
  directParts,
  directUsd,
  type FargatePrice,
  type FunctionPrices,
  fargateUsd,
  LOOK_USE,
  MIRROR_USE,
  type SimulationInput,
} from '@hourglass/cost';

/** A task as the stack makes it. */
const TASK = { vcpus: 0.25, memoryGb: 1 };
const LOOKS_PER_MONTH = (730 * 60) / 15;

export interface DirectAccount {
  usdPerMirror: number;
  /** What `usdPerMirror` is made of. */
  parts: DirectParts;
  /** A look by a timer that finds nothing new. */
  usdPerLook: number;
  /** One repository, looked at every 15 minutes. */
  usdPerMonthOfLooks: number;
  prices: FunctionPrices;
}

export function accountDirect(prices: FunctionPrices): DirectAccount {
  const usdPerLook = directUsd(LOOK_USE, prices);
  return {
    usdPerMirror: directUsd(MIRROR_USE, prices),
    parts: directParts(MIRROR_USE, prices),
    usdPerLook,
    usdPerMonthOfLooks: usdPerLook * LOOKS_PER_MONTH,
    prices,
  };
}

/** What stands under the table: what is in the row and what is not in the others. */
export function describeDirect(
  account: DirectAccount,
  inputs: readonly SimulationInput[],
  fargate: FargatePrice | undefined,
): string {
  const { usdPerMirror, parts, usdPerLook, usdPerMonthOfLooks, prices } = account;
  const small = (usd: number) => usd.toFixed(6);
  const lines = [
    `Direct: ${small(usdPerMirror)} USD a mirror (Lambda ${small(parts.lambda)}, S3 ${small(parts.s3)}, DynamoDB ${small(parts.dynamoDb)}, events and logs ${small(parts.eventsAndLogs)}), all of it in the row.`,
    `A look by a timer that finds nothing new: ${small(usdPerLook)} USD; every 15 minutes ${usdPerMonthOfLooks.toFixed(2)} USD a month for each repository.`,
    `Prices ${prices.asOf === null ? 'remembered, not confirmed' : `of ${prices.asOf}`}; free tiers are not taken off.`,
  ];
  if (fargate !== undefined) {
    const [seconds, pushes] = inputs.reduce(
      ([sum, count], { durationsMs }) => [
        sum + durationsMs.reduce((all, ms) => all + Math.max(60, ms / 1_000), 0),
        count + durationsMs.length,
      ],
      [0, 0],
    );
    const usd = fargateUsd(fargate, TASK, seconds / Math.max(1, pushes));
    lines.push(
      `The other rows are endpoints alone: their tasks cost ${small(usd)} USD of Fargate for each push besides.`,
    );
  }
  return `${lines.join('\n')}\n`;
}
