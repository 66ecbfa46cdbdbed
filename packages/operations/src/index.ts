export { type ClientSettings, createOperatorClients, type OperatorClients } from './clients.ts';
export { discard } from './dead-letters/discard.ts';
export { listDeadLetters } from './dead-letters/list.ts';
export { type Replayed, replay } from './dead-letters/replay.ts';
export { listDeployments } from './deployment/list-deployments.ts';
export { type Deployment, type DeploymentToOpen, openDeployment } from './deployment/open-deployment.ts';
export { type DoctorOptions, examine } from './doctor/doctor.ts';
export { NotFound, OperationFailed, VersionsDiffer } from './errors.ts';
export { explainFailure, type Target } from './explain-failure.ts';
export { type HistoryAsked, readHistory } from './history/read-history.ts';
export { readLife } from './history/read-life.ts';
export { type FoundSources, findLogSources, type LogsAsked } from './logs/find-log-sources.ts';
export {
  type LogSource,
  type PrintedLine,
  type ReadLogsOptions,
  readLogs,
  type TailedLine,
} from './logs/read-logs.ts';
export * from './model/index.ts';
export { readCost } from './reads/cost.ts';
export { type LastSuccess, readLastSuccesses } from './reads/last-successes.ts';
export { readLearning } from './reads/learning.ts';
export { readOpenings } from './reads/openings.ts';
export { shadowOfPoll } from './reads/poll-shadow.ts';
export { readTaskLog } from './reads/task-log.ts';
export { close, pause, readHolds, resume } from './requests/pause.ts';
export { type Asked, destinationOf, requestTask, sourceOf } from './requests/request-task.ts';
export { readStatus } from './status/read-status.ts';
