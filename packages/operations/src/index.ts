export { type ClientSettings, createOperatorClients, type OperatorClients } from './clients.ts';
export { listDeployments } from './deployment/list-deployments.ts';
export { type Deployment, type DeploymentToOpen, openDeployment } from './deployment/open-deployment.ts';
export { NotFound, OperationFailed, VersionsDiffer } from './errors.ts';
export * from './model/index.ts';
