/** The endpoint-hours of a bill, by endpoint and clock hour: all that is kept of however many lines there are. */
import { HOUR_MS } from '@hourglass/lease';

export interface UsageLine {
  readonly startMs: number;
  readonly endMs: number;
  readonly hours: number;
  readonly usd: number;
  readonly usageType: string;
  readonly account?: string;
  readonly region?: string;
  readonly resource?: string;
  /** Names the line in its report: the same again is the same report given twice. */
  readonly id?: string;
}

export interface UsageFilter {
  readonly region: string;
  readonly account: string | undefined;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Usage types of other Regions begin with such a word; those of us-east-1 with none. https://docs.aws.amazon.com/global-infrastructure/latest/regions/usage-codes.html */
const PREFIXES: Readonly<Record<string, string>> = {
  'us-east-1': 'USE1',
  'us-east-2': 'USE2',
  'us-west-1': 'USW1',
  'us-west-2': 'USW2',
  'ap-northeast-1': 'APN1',
  'ap-northeast-2': 'APN2',
  'ap-northeast-3': 'APN3',
  'ap-southeast-1': 'APS1',
  'ap-southeast-2': 'APS2',
  'ap-south-1': 'APS3',
  'ca-central-1': 'CAN1',
  'eu-central-1': 'EUC1',
  'eu-west-1': 'EU',
  'eu-west-2': 'EUW2',
  'eu-west-3': 'EUW3',
  'eu-north-1': 'EUN1',
  'sa-east-1': 'SAE1',
};

const ENDPOINT_HOURS = /^(?:([A-Z0-9]+)-)?VpcEndpoint-Hours$/;
export const ENDPOINT_MARK = 'VpcEndpoint-Hours';

export class UsageHours {
  /** Endpoint, or '' where the bill does not name it, to clock hour to hours. */
  readonly byResource = new Map<string, Map<number, number>>();
  /** Accounts that have lines of endpoints. */
  readonly accounts = new Set<string>();
  usd = 0;
  hours = 0;
  /** Lines of endpoint-hours, and those of them that were left out. */
  lines = 0;
  otherAccount = 0;
  otherRegion = 0;
  otherTime = 0;
  repeated = 0;
  /** Lines for more than an hour: they do not show which hours were counted. */
  coarse = 0;
  malformed = 0;
  /** Files that end before their end. */
  readonly cutOff: string[] = [];
  readonly #filter: UsageFilter;
  readonly #seen = new Set<string>();

  constructor(filter: UsageFilter) {
    this.#filter = filter;
  }

  add(line: UsageLine): void {
    const [, prefix] = ENDPOINT_HOURS.exec(line.usageType) ?? ['', undefined];
    if (!ENDPOINT_HOURS.test(line.usageType)) return;
    this.lines += 1;
    const { region, account, fromMs, toMs } = this.#filter;
    if (line.account) this.accounts.add(line.account);
    if (![line.startMs, line.endMs, line.hours, line.usd].every(Number.isFinite)) this.malformed += 1;
    else if (account !== undefined && line.account !== undefined && line.account !== account) this.otherAccount += 1;
    else if (line.region ? line.region !== region : !isOf(region, prefix)) this.otherRegion += 1;
    else if (line.startMs < fromMs || line.startMs >= toMs) this.otherTime += 1;
    else if (line.endMs - line.startMs > HOUR_MS) this.coarse += 1;
    else if (this.#isRepeated(line)) this.repeated += 1;
    else this.#count(line);
  }

  #isRepeated({ id, startMs }: UsageLine): boolean {
    if (!id) return false;
    const key = `${id} ${startMs}`;
    if (this.#seen.has(key)) return true;
    this.#seen.add(key);
    return false;
  }

  #count({ resource = '', startMs, hours, usd }: UsageLine): void {
    const hourMs = Math.floor(startMs / HOUR_MS) * HOUR_MS;
    const own = this.byResource.get(resource) ?? new Map<number, number>();
    this.byResource.set(resource, own);
    own.set(hourMs, (own.get(hourMs) ?? 0) + hours);
    this.hours += hours;
    this.usd += usd;
  }
}

function isOf(region: string, prefix: string | undefined): boolean {
  const known = PREFIXES[region];
  if (prefix === undefined) return region === 'us-east-1';
  return known === undefined || prefix === known;
}
