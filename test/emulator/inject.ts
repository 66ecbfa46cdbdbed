/** What AWS does and this emulator does not, done by the harness in its stead, and said. */
import {
  DescribeRuleCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { Clients } from './clients.ts';
import type { Steps } from './steps.ts';

export interface PermissionScope {
  clients: Clients;
  steps: Steps;
  account: string;
  region: string;
}

/**
 * An event of an AWS service: nobody may put one, so that the emulator's own judgement of the deployed rules' patterns decides, and what
 * they name as targets is invoked.
 * @throws Error if no rule matches.
 */
export async function injectServiceEvent(
  { clients, steps, account, region }: PermissionScope,
  NamePrefix: string,
  source: string,
  detailType: string,
  detail: object,
): Promise<void> {
  const { events, functions } = clients;
  const time = new Date().toISOString();
  const envelope = { version: '0', id: crypto.randomUUID(), source, account, time, region, resources: [] };
  const Event = JSON.stringify({ ...envelope, 'detail-type': detailType, detail });
  const { Rules = [] } = await events.send(new ListRulesCommand({ NamePrefix }));
  let invoked = 0;
  for (const { Name } of Rules) {
    const { EventPattern } = await events.send(new DescribeRuleCommand({ Name }));
    const { Result } = await events.send(new TestEventPatternCommand({ EventPattern, Event }));
    if (!Result) continue;
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
    for (const { Arn: FunctionName } of Targets) {
      const sent = new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: Buffer.from(Event) });
      await functions.send(sent);
      invoked += 1;
    }
  }
  if (invoked === 0) throw new Error(`no rule of ${NamePrefix} matches ${detailType}`);
  steps.inject(
    `${source}, ${detailType}: matched against the deployed rules by the emulator, and handed to their targets`,
  );
}
