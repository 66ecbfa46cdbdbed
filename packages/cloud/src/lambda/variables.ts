/**
 * The environment variables of a function: the runtime's own, and the template's.
 * Source: Lambda developer guide, "Defined runtime environment variables".
 */
import type { CloudCore } from '../core.ts';
import type { FunctionSettings } from './settings.ts';

export function createVariables(core: CloudCore, settings: FunctionSettings, stream: string): Record<string, string> {
  const credentials = core.credentialsFor(settings.roleArn, settings.name);
  return {
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    PATH: process.env.PATH ?? '',
    AWS_REGION: core.region,
    AWS_DEFAULT_REGION: core.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: settings.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: settings.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: stream,
    LAMBDA_TASK_ROOT: settings.codeDir,
    _HANDLER: settings.handler,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    // The machine's own AWS files are not the function's.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    ...settings.variables,
  };
}
