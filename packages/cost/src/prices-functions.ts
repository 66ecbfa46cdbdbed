/**
 * What functions, their store and their events cost by the use: the direct carrier has nothing else.
 *
 * Prices: AWS Price List, on demand, first tier, Linux on ARM; services `AWSLambda` (`Lambda-GB-Second-ARM`, `Request-ARM`), `AmazonS3`
 * (`Requests-Tier1`, `Requests-Tier2`, `TimedStorage-ByteHrs`), `AmazonDynamoDB` (`WriteRequestUnits`, `ReadRequestUnits`), `AWSEvents`, `AmazonCloudWatch`
 * (`DataProcessing-Bytes`). As in prices.ts, a date is the day on which somebody's public document read the list; `null`: remembered, and
 * confirmed by nobody. Free tiers are not taken off.
 */
export interface FunctionPrices {
  readonly lambdaGbSecond: number;
  readonly lambdaRequest: number;
  readonly s3Put: number;
  readonly s3Get: number;
  readonly s3GbMonth: number;
  readonly dynamoDbWriteUnit: number;
  readonly dynamoDbReadUnit: number;
  /** An event that is not AWS's own by default: S3's count as such. */
  readonly event: number;
  readonly schedule: number;
  readonly logGb: number;
  /** CodeCommit, beyond the first 10,000 of a month for each user. */
  readonly gitRequest: number;
  /** CodeBuild's smallest Linux machine. */
  readonly codeBuildMinute: number;
  /** ISO 8601 day on which Lambda's, S3's and DynamoDB's prices were last known to hold. */
  readonly asOf: string | null;
}

/** The same in every Region of the table; of these only the first two are confirmed, with the Region's own. */
const everywhere = {
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.0000002,
  event: 0.000001,
  schedule: 0.000001,
  gitRequest: 0.001,
  codeBuildMinute: 0.005,
};
const virginia = {
  ...everywhere,
  s3Put: 0.000005,
  s3Get: 0.0000004,
  s3GbMonth: 0.023,
  dynamoDbWriteUnit: 0.000000625,
  dynamoDbReadUnit: 0.000000125,
  logGb: 0.5,
};

const byRegion: Readonly<Record<string, FunctionPrices>> = {
  'ap-northeast-1': {
    ...everywhere,
    s3Put: 0.0000047,
    s3Get: 0.00000037,
    s3GbMonth: 0.025,
    dynamoDbWriteUnit: 0.000000715,
    dynamoDbReadUnit: 0.0000001425,
    logGb: 0.76,
    asOf: '2026-09-23',
  },
  'eu-west-1': {
    ...virginia,
    dynamoDbWriteUnit: 0.0000007125,
    dynamoDbReadUnit: 0.0000001425,
    logGb: 0.57,
    asOf: null,
  },
  'us-east-1': { ...virginia, asOf: '2026-09-06' },
  'us-east-2': { ...virginia, asOf: null },
  'us-west-2': { ...virginia, asOf: null },
};

/** `undefined` for a Region that nobody has looked up. */
export function functionPrices(region: string): FunctionPrices | undefined {
  return Object.hasOwn(byRegion, region) ? byRegion[region] : undefined;
}

export const regionsWithFunctionPrices: readonly string[] = Object.keys(byRegion);
