/** How long and how much the direct carrier carries; beyond it a Fargate task is asked for. */

/**
 * A function's longest time. The service has allowed 1,800 s since 2026-11-19; not every page and Region says so yet:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const directFunctionSeconds = 900;

/** Both halves one after the other, with Lambda's own second tries of the first minutes; past it the attempt counts as failed. */
export const directAttemptSeconds = 2 * directFunctionSeconds + 300;

/** A pack that a source packs and sends within the function's time, and a push that CodeCommit's connection lasts for. */
export const maxPackBytes = 1024 ** 3;
