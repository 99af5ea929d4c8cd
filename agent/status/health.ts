import { showDuration } from "../core/quantity.ts";
import type { StatusSnapshot } from "./snapshot.ts";

/** `ok`: it measures and delivers; `warning`: somebody should look; `broken`: it does not do its work. */
export type HealthLevel = "ok" | "warning" | "broken";

export interface Health {
  readonly level: HealthLevel;
  /** Whole sentences, the most important first. */
  readonly reasons: readonly string[];
}

/** Windows after which an attestation without a receipt is overdue, and the least time for that. */
const OVERDUE_WINDOWS = 3;
const OVERDUE_LEAST_MS = 60_000;
/** Beyond this the coordinator's clock and ours are said to disagree. Section 1 of docs/attestation.md. */
const CLOCK_TOLERANCE_MS = 120_000;

/** What a snapshot means for somebody who wants to know whether to get up. */
export function judge(snapshot: StatusSnapshot): Health {
  const stopped = snapshot.faults.filter((fault) => fault.stopsWork);
  const reasons = [
    ...stopped.map((fault) => fault.message),
    ...snapshot.faults.filter((fault) => !fault.stopsWork).map((fault) => fault.message),
    ...clockReasons(snapshot),
    ...deliveryReasons(snapshot),
    ...deviceReasons(snapshot),
  ];
  if (stopped.length > 0) return { level: "broken", reasons };
  return { level: reasons.length > 0 ? "warning" : "ok", reasons };
}

function clockReasons({ clock }: StatusSnapshot): string[] {
  if (!clock.trusted) {
    return ["The clock of this machine is plainly wrong: samples wait until the time is known."];
  }
  if (clock.offsetMs === undefined || Math.abs(clock.offsetMs) <= CLOCK_TOLERANCE_MS) return [];
  return [
    `The clock of this machine is off by ${showDuration(Math.abs(clock.offsetMs))}; windows are corrected.`,
  ];
}

function deliveryReasons({ delivery }: StatusSnapshot): string[] {
  const reasons = [];
  if (!delivery.connected) reasons.push("There is no connection to the coordinator.");
  if (delivery.connected && delivery.era === undefined) {
    reasons.push("The coordinator has not granted an era yet: windows are kept and not signed.");
  }
  const overdueMs = Math.max(
    OVERDUE_LEAST_MS,
    OVERDUE_WINDOWS * 1000 * (delivery.windowSeconds ?? 0),
  );
  const { oldestUnreceiptedMs: oldestMs } = delivery;
  if (oldestMs !== undefined && oldestMs > overdueMs) {
    reasons.push(`The oldest attestation has waited ${showDuration(oldestMs)} for its receipt.`);
  }
  return reasons;
}

function deviceReasons({ devices }: StatusSnapshot): string[] {
  if (devices.length === 0) return ["No device is known."];
  const out = devices.filter((device) => device.state === "outage");
  const reasons = out.map(({ label, sampleAgeMs, outage }) => {
    const last =
      sampleAgeMs === undefined
        ? "has not answered yet"
        : `last answered ${showDuration(sampleAgeMs)} ago`;
    return `${label} is in outage: ${last}${outage ? ` (${outage.code})` : ""}.`;
  });
  return reasons.length > 5
    ? [`${out.length} of ${devices.length} devices are in outage.`]
    : reasons;
}
