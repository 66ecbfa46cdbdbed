/** The deployments of an account and Region, by the names of their tables: one short list of tables, whatever else is there. */
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { OperatorClients } from '../clients.ts';

const PREFIX = 'hourglass-';
/** Pages of a hundred tables that are looked through, at most. */
const MAX_PAGES = 10;

/** @returns their names, sorted. */
export async function listDeployments(clients: OperatorClients): Promise<string[]> {
  const document = await clients.dynamoDb();
  const names: string[] = [];
  // DynamoDB lists tables by name, so this begins where ours would stand.
  let from: string | undefined = PREFIX;
  for (let page = 0; page < MAX_PAGES && from !== undefined; page += 1) {
    const command: ListTablesCommand = new ListTablesCommand({ ExclusiveStartTableName: from, Limit: 100 });
    const { TableNames = [], LastEvaluatedTableName } = await document.send(command);
    names.push(...TableNames.filter((table) => table.startsWith(PREFIX)).map((table) => table.slice(PREFIX.length)));
    from = LastEvaluatedTableName;
  }
  return names.sort();
}
