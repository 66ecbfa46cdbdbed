/**
 * What an interface endpoint costs an hour in each Availability Zone, in the Regions that have CodeCommit.
 *
 * Regions: https://docs.aws.amazon.com/codecommit/latest/userguide/regions.html
 * Prices: AWS Price List, service `AmazonVPC`, usage type `<prefix>-VpcEndpoint-Hours`, on demand, first tier; the same as on
 * https://aws.amazon.com/privatelink/pricing/. "Each partial VPC endpoint-hour consumed is billed as a full hour."
 *
 * None of them was read by us from AWS itself, to which there was no way when this table was made. A date is the day on which somebody
 * read the list by that usage type, as a public document of his says; without one, the price is remembered, and marked so. Before you
 * decide by a figure, look the price up and give it with `--price`.
 */

export interface EndpointPrice {
  /** USD per endpoint, Zone and hour; `null` where the table does not know it. */
  usdPerHour: number | null;
  /** The day on which the price list said so, by somebody's published word; `null`: remembered, and confirmed by nobody. */
  confirmedOn: string | null;
}

const confirmed = (usdPerHour: number, confirmedOn: string): EndpointPrice => ({ usdPerHour, confirmedOn });
const remembered = (usdPerHour: number): EndpointPrice => ({ usdPerHour, confirmedOn: null });
const unknown: EndpointPrice = { usdPerHour: null, confirmedOn: null };

export const endpointPrices: Readonly<Record<string, EndpointPrice>> = {
  'af-south-1': unknown,
  'ap-east-1': unknown,
  'ap-northeast-1': confirmed(0.014, '2026-09-25'),
  'ap-northeast-2': confirmed(0.013, '2026-10-01'),
  'ap-northeast-3': unknown,
  'ap-south-1': remembered(0.013),
  'ap-south-2': unknown,
  'ap-southeast-1': confirmed(0.013, '2026-08-12'),
  'ap-southeast-2': remembered(0.013),
  'ap-southeast-3': unknown,
  'ca-central-1': remembered(0.011),
  'cn-north-1': unknown,
  'cn-northwest-1': unknown,
  'eu-central-1': confirmed(0.012, '2026-09-22'),
  'eu-north-1': unknown,
  'eu-south-1': unknown,
  'eu-west-1': confirmed(0.011, '2026-05-01'),
  'eu-west-2': confirmed(0.011, '2026-10-06'),
  'eu-west-3': remembered(0.011),
  'il-central-1': unknown,
  'me-central-1': unknown,
  'me-south-1': unknown,
  'sa-east-1': remembered(0.021),
  'us-east-1': confirmed(0.01, '2026-09-29'),
  'us-east-2': remembered(0.01),
  'us-gov-east-1': unknown,
  'us-gov-west-1': unknown,
  'us-west-1': unknown,
  'us-west-2': confirmed(0.01, '2026-10-06'),
};
