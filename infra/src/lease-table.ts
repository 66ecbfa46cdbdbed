/**
 * The lease's table: one item for the lease, one per active task key, one per attempt's work, history with a TTL.
 * Deleting the deployment deletes it; since recovery is on, DynamoDB then keeps a backup of its own for 35 days, free:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
 */
import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

/** The table `tableName`; keys `pk` and `sk`, time to live `expiresAt` in epoch seconds. */
export function createLeaseTable(scope: Construct, tableName: string): Table {
  const table = new Table(scope, 'Table', {
    tableName,
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    timeToLiveAttribute: 'expiresAt',
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // What ended, by time: only such items have these attributes. One index, since an update of a stack may add no more than one.
  table.addGlobalSecondaryIndex({
    indexName: 'by-time',
    partitionKey: { name: 'timeline', type: AttributeType.STRING },
    sortKey: { name: 'at', type: AttributeType.STRING },
  });
  return table;
}
