import type { Health } from "./health.ts";
import { judge } from "./health.ts";
import type { StatusSnapshot } from "./snapshot.ts";

/** JSON as it is served: keys in snake_case, big numbers as strings, unknown as null. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** What the endpoint says beside a snapshot. */
export interface About {
  readonly version: string;
  readonly simulated: boolean;
}

/** Fields that are null where they are not known, so that a reader sees that they exist. */
const OPTIONAL = {
  top: ["rig", "coordinator"],
  delivery: [
    "sinceAtMs",
    "oldestUnreceiptedMs",
    "lastReceipt",
    "lastRefusal",
    "sequence",
    "era",
    "headDigest",
    "windowSeconds",
  ],
  clock: ["offsetMs"],
  device: ["sampleAgeMs", "outage"],
} as const;

/** The document of /api/status. */
export function statusDocument(snapshot: StatusSnapshot, about: About): Json {
  const health: Health = judge(snapshot);
  return toJson({
    version: about.version,
    simulated: about.simulated,
    health,
    ...withNulls(OPTIONAL.top, snapshot),
    delivery: withNulls(OPTIONAL.delivery, snapshot.delivery),
    clock: withNulls(OPTIONAL.clock, snapshot.clock),
    devices: snapshot.devices.map((device) => withNulls(OPTIONAL.device, device)),
  });
}

function withNulls(names: readonly string[], held: object): object {
  return { ...Object.fromEntries(names.map((name) => [name, null])), ...held };
}

/** A plain value as served JSON. Numbers that JSON cannot write are null. */
function toJson(value: unknown): Json {
  if (value === undefined || value === null) return null;
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(toJson);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, held]) => held !== undefined)
      .map(([key, held]) => [snakeCase(key), toJson(held)]),
  );
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
