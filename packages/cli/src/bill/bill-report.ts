/** What `hourglass bill` has found, as `--json` prints it. */
import type { LearningCost } from '@hourglass/operations';
import type { BillingSetting, Ledger, SettingCost, Share, Verdict } from '@hourglass/operations/bill';

/** The keys of `hourglass bill --json`. */
export interface BillReport extends Verdict {
  readonly deployment: string;
  readonly month: string;
  readonly from: string;
  /** The hour after the last one that was asked for. */
  readonly to: string;
  /** What the bill's own lines come to for an endpoint-hour, or else the table of prices; null: neither knows. */
  readonly usdPerEndpointHour: number | null;
  /** The setting `billing` of the deployment, and what it should be; null: as it is. */
  readonly setting: { readonly now: BillingSetting; readonly changeTo: BillingSetting | null };
  /** What the same requests cost with each setting, cheapest first, by the reading that was found. */
  readonly settings: readonly SettingCost[];
  /** By the reading that was found, else the dearer one. */
  readonly shares: readonly Share[];
  /** What learning of deletions, tasks and follow-ups has saved; null: nothing ran. */
  readonly learning: LearningCost | null;
  readonly lines: {
    readonly read: number;
    readonly otherAccount: number;
    readonly otherRegion: number;
    readonly otherTime: number;
    readonly repeated: number;
    readonly coarse: number;
    readonly malformed: number;
  };
  readonly cutOff: readonly string[];
  readonly accounts: readonly string[];
  readonly ledger: Ledger;
}
