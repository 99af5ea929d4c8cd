import { isLoopback } from "../core/listen.ts";
import type { SettingPath } from "./faults.ts";
import { parseDuration } from "./units.ts";

/** Something wrong between two settings that are each well formed. */
export interface CrossFault {
  readonly path: SettingPath;
  readonly message: string;
}

type Section = Readonly<Record<string, unknown>>;

const DEFAULT_INTERVAL_MS = 10_000;
const DEFAULT_TIMEOUT_MS = 5_000;

/**
 * What settings say against each other. Works on the file's plain values and believes nothing of them, so that these
 * faults are reported beside those of the schema and not only once that is content.
 */
export function crossFaults(value: unknown): CrossFault[] {
  const top = section(value);
  const devices = Array.isArray(top["devices"]) ? top["devices"] : [];
  return [
    ...uplinkFaults(section(top["uplink"])),
    ...timeoutFaults(
      section(top["sampling"]),
      ["sampling"],
      DEFAULT_INTERVAL_MS,
      DEFAULT_TIMEOUT_MS,
    ),
    ...twiceNamed(devices),
    ...devices.flatMap((device, i) => deviceFaults(section(device), i, section(top["sampling"]))),
  ];
}

function uplinkFaults(uplink: Section): CrossFault[] {
  const faults = passwordTwice(uplink, ["uplink"]);
  const url = typeof uplink["url"] === "string" ? URL.parse(uplink["url"]) : null;
  if (url?.protocol === "mqtt:" && !isLoopback(url.hostname) && uplink["insecure"] !== true) {
    faults.push({
      path: ["uplink", "url"],
      message: "has no TLS and leaves this machine; use mqtts://, or set insecure: true beside it",
    });
  }
  if ("cert_file" in uplink !== "key_file" in uplink) {
    const lacking = "cert_file" in uplink ? "key_file" : "cert_file";
    const there = "cert_file" in uplink ? "cert_file" : "key_file";
    faults.push({ path: ["uplink", there], message: `is of no use without ${lacking}` });
  }
  if (("password" in uplink || "password_file" in uplink) && !("username" in uplink)) {
    const there = "password" in uplink ? "password" : "password_file";
    faults.push({ path: ["uplink", there], message: "is of no use without username" });
  }
  return faults;
}

function deviceFaults(device: Section, index: number, sampling: Section): CrossFault[] {
  const path = ["devices", index];
  const faults = passwordTwice(device, path);
  if (
    (device["driver"] ?? "auto") === "auto" &&
    device["address"] === undefined &&
    "name" in device
  ) {
    faults.push({
      path,
      message: "has neither an address nor a driver: nothing says what to read",
    });
  }
  if ("fingerprint" in device && !/^https:/i.test(String(device["address"] ?? ""))) {
    faults.push({
      path: [...path, "fingerprint"],
      message: "is of no use without an https:// address: only TLS has certificates",
    });
  }
  if ("interval" in device || "timeout" in device) {
    const intervalMs = ms(sampling["interval"]) ?? DEFAULT_INTERVAL_MS;
    const timeoutMs = ms(sampling["timeout"]) ?? DEFAULT_TIMEOUT_MS;
    faults.push(...timeoutFaults(device, path, intervalMs, timeoutMs));
  }
  return faults;
}

function timeoutFaults(
  at: Section,
  path: SettingPath,
  intervalMs: number,
  timeoutMs: number,
): CrossFault[] {
  const interval = at["interval"] === undefined ? intervalMs : ms(at["interval"]);
  const timeout = at["timeout"] === undefined ? timeoutMs : ms(at["timeout"]);
  if (interval === undefined || timeout === undefined || timeout <= interval) return [];
  const key = "timeout" in at ? "timeout" : "interval";
  return [{ path: [...path, key], message: "the timeout is longer than the interval" }];
}

function twiceNamed(devices: readonly unknown[]): CrossFault[] {
  const seen = new Map<unknown, number>();
  return devices.flatMap((device, i) => {
    const { name } = section(device);
    const first = seen.get(name);
    if (name === undefined || first === undefined) {
      seen.set(name, i);
      return [];
    }
    return [{ path: ["devices", i, "name"], message: `is also the name of devices[${first}]` }];
  });
}

function passwordTwice(at: Section, path: SettingPath): CrossFault[] {
  if (!("password" in at && "password_file" in at)) return [];
  return [
    { path: [...path, "password"], message: "stands beside password_file; leave one of them out" },
  ];
}

function section(value: unknown): Section {
  return typeof value === "object" && value !== null ? (value as Section) : {};
}

function ms(value: unknown): number | undefined {
  return typeof value === "string" ? parseDuration(value) : undefined;
}
