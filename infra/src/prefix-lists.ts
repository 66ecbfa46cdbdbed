/**
 * AWS's own prefix lists of S3 and DynamoDB. Their ids never change in a Region; they are listed by `aws ec2 describe-managed-prefix-lists`
 * there, which is what the CDK's lookup asks for a Region that is not in the table.
 */
import { Aws, CfnMapping, Stack, Token } from 'aws-cdk-lib';
import { PrefixList } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/** As published by 2026-11; Regions whose ids nobody has published with both services are left to the lookup. */
const known: Record<string, Record<'s3' | 'dynamodb', string>> = {
  'ap-northeast-1': { s3: 'pl-61a54008', dynamodb: 'pl-78a54011' },
  'eu-central-1': { s3: 'pl-6ea54007', dynamodb: 'pl-66a5400f' },
  'eu-west-1': { s3: 'pl-6da54004', dynamodb: 'pl-6fa54006' },
  'us-east-1': { s3: 'pl-63a5400a', dynamodb: 'pl-02cd2c6b' },
  'us-east-2': { s3: 'pl-7ba54012', dynamodb: 'pl-4ca54025' },
  'us-west-2': { s3: 'pl-68a54001', dynamodb: 'pl-00a54069' },
};

/**
 * The prefix lists of the stack's Region. A stack without an `env` finds them at deploy, in the Regions of the table.
 * @returns undefined where neither the table nor a lookup has them.
 */
export function findPrefixLists(scope: Construct): Record<'s3' | 'dynamodb', string> | undefined {
  const { region, account } = Stack.of(scope);
  if (Token.isUnresolved(region)) {
    const mapping = new CfnMapping(scope, 'PrefixLists', { mapping: known });
    const find = (service: string) => mapping.findInMap(Aws.REGION, service);
    return { s3: find('s3'), dynamodb: find('dynamodb') };
  }
  const listed = known[region];
  if (listed !== undefined) return listed;
  if (Token.isUnresolved(account)) return undefined;
  const lookUp = (id: string, service: string) =>
    PrefixList.fromLookup(scope, id, { prefixListName: `com.amazonaws.${region}.${service}` }).prefixListId;
  return { s3: lookUp('S3PrefixList', 's3'), dynamodb: lookUp('DynamoDbPrefixList', 'dynamodb') };
}
