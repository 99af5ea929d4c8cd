import type { MetricName } from "../../proto/metrics.ts";
import type { Driver } from "./driver.ts";
import type { Table } from "./table.ts";

/** What a driver may read, without repetition, in the order of its table. */
export function metricsOf(driver: Driver): readonly MetricName[] {
  const listed = Object.values(driver.table).flatMap((table) => metricsIn(table ?? []));
  return [...new Set(listed)];
}

function metricsIn(table: Table): MetricName[] {
  return table.flatMap((entry) => {
    if ("metric" in entry) return [entry.metric];
    if (!("rows" in entry)) return [];
    const unplaced = "unplaced" in entry ? (entry.unplaced ?? []) : [];
    return [...metricsIn(entry.rows), ...metricsIn(unplaced)];
  });
}
