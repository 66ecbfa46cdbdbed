export { count } from './count.ts';
export {
  type DirectParts,
  type DirectRow,
  directParts,
  directUsd,
  directUsdPerMonth,
  LOOK_USE,
  MIRROR_USE,
  simulateDirect,
} from './direct.ts';
export { type EndpointPrice, endpointPrices } from './prices.ts';
export { type FargatePrice, fargatePrices, fargateUsd } from './prices-fargate.ts';
export { type FunctionPrices, functionPrices, regionsWithFunctionPrices } from './prices-functions.ts';
export { type ReportData, renderReport } from './report/index.ts';
export { HOURS_PER_MONTH, type Simulation, type SimulationInput, simulate } from './simulate.ts';
export {
  type LeaseSpan,
  type PolicyName,
  policyNames,
  type SimulationDetail,
  type SimulationRow,
  type WaitSeconds,
} from './simulation.ts';
export { createRandom, drawDurations } from './task-times.ts';
export { readDurations, readTrace, type Trace, TraceInvalid } from './trace.ts';
