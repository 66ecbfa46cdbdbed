/** The value below which `part` of the values lie, 0.5 being the median; null where there are none. */
export function quantile(values: readonly number[], part: number): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? null;
}
