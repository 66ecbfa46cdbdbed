/** The one creating call: the endpoints' template, which ships beside this bundle, with this fence. */
import { AlreadyExistsException, type CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { describeRefusal, isRefusal, ownTags } from '@hourglass/shared';
import type { ProvisionerConfig } from './config.ts';

/** Endpoints take two to three minutes; a creation that hangs must not buy a second hour. */
const TIMEOUT_MINUTES = 15;

export function createStackCreator(client: CloudFormationClient, config: ProvisionerConfig, templateBody: string) {
  const TemplateBody = tagEndpoints(templateBody, config.TAGS);
  return async (fence: number): Promise<{ refused?: string }> => {
    const parameters = { ...config.STACK_PARAMETERS, LeaseId: config.LEASE_ID, Fence: String(fence) };
    try {
      await client.send(
        new CreateStackCommand({
          StackName: config.STACK_NAME,
          TemplateBody,
          Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
            ParameterKey,
            ParameterValue,
          })),
          RoleARN: config.STACK_ROLE_ARN,
          // A failed creation leaves nothing behind that costs, but its stack: one that deleted itself could no longer be found by its name, and
          // if its events were lost as well, nobody would learn what it cost, nor sweep what it left behind.
          OnFailure: 'ROLLBACK',
          TimeoutInMinutes: TIMEOUT_MINUTES,
          ClientRequestToken: `${config.LEASE_ID}-${fence}`,
          Tags: listTags(ownTags(config, fence)),
        }),
      );
      return {};
    } catch (error) {
      // The one that exists may be the answer to this very call, lost and sent again by the SDK: the timer looks.
      if (error instanceof AlreadyExistsException || !isRefusal(error)) throw error;
      return { refused: describeRefusal(error) };
    }
  };
}

/** Each endpoint is created with its tags, whether or not CloudFormation hands on those of the stack. */
function tagEndpoints(templateBody: string, tags: Record<string, string>): string {
  const template = JSON.parse(templateBody) as { Resources: Record<string, { Properties: { Tags?: object[] } }> };
  for (const { Properties } of Object.values(template.Resources)) {
    Properties.Tags = [...(Properties.Tags ?? []), ...listTags(tags)];
  }
  return JSON.stringify(template);
}

function listTags(tags: Record<string, string>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
