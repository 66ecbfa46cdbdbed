/** What is asked of a deployment. */
import type { DynamoDbMode } from '@hourglass/cloud';

export interface Load {
  /** The cloud assembly with the stack `hourglass-test`. */
  assembly: string;
  requests: number;
  repositories: number;
  /** Virtual minutes that the requests are sent within. */
  minutes: number;
  /** Whether the endpoints are there when the burst begins; else it opens them. */
  endpoints: 'closed' | 'open';
  /** How long one repository takes in its task: the median. */
  mirrorSeconds: number;
  dynamo: DynamoDbMode;
  /** Write units that DynamoDB takes for one partition key in a second; AWS's own limit, if not said. */
  writeUnitsPerKey?: number;
}
