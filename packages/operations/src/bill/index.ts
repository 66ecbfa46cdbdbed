/** What the bill has really counted, beside what the ledger believes. */
export { readCostExplorer } from './cost-explorer.ts';
export { costOfLearning } from './cost-of-learning.ts';
export { type FocusSubject, focusCsv } from './focus-csv.ts';
export { type Evidence, judgeBill, type Verdict } from './judge-bill.ts';
export { hoursOf, Ledger, LedgerEntry, LedgerRun, readLedgerText } from './ledger.ts';
export { type BillingSetting, costOfSettings, type SettingCost } from './other-settings.ts';
export { readAccount, readLedger } from './read-ledger.ts';
export { readUsageFile } from './read-usage-file.ts';
export { type OpeningShare, type Share, shareByTask, shareOpenings } from './share-costs.ts';
export { type UsageFilter, UsageHours, type UsageLine } from './usage-hours.ts';
