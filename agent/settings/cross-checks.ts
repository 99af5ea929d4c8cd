import { isIPv6 } from "node:net";
import { isLoopback } from "../core/listen.ts";
import { plainHost } from "../core/own-addresses.ts";
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
 * faults are reported beside those of the schema and not only once that is content. `overTls` are the drivers that can be
 * asked over TLS; left out, a fingerprint suits all of them.
 */
export function crossFaults(value: unknown, overTls?: readonly string[]): CrossFault[] {
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
    ...twiceRead(devices),
    ...devices.flatMap((device, i) =>
      deviceFaults(section(device), i, section(top["sampling"]), overTls),
    ),
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

function deviceFaults(
  device: Section,
  index: number,
  sampling: Section,
  overTls: readonly string[] | undefined,
): CrossFault[] {
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
  } else if ("fingerprint" in device && !mayUseTls(device["driver"], overTls)) {
    faults.push({
      path: [...path, "fingerprint"],
      message: "is of no use to this driver: nothing that it asks goes over TLS",
    });
  }
  if ("interval" in device || "timeout" in device) {
    const intervalMs = ms(sampling["interval"]) ?? DEFAULT_INTERVAL_MS;
    const timeoutMs = ms(sampling["timeout"]) ?? DEFAULT_TIMEOUT_MS;
    faults.push(...timeoutFaults(device, path, intervalMs, timeoutMs));
  }
  return faults;
}

function mayUseTls(driver: unknown = "auto", overTls: readonly string[] | undefined): boolean {
  return driver === "auto" || overTls === undefined || overTls.includes(String(driver));
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

/**
 * Two entries that are read at one host and port are one device counted twice. Where no port is written it is the
 * driver's: then two entries of one driver are. What stands behind one gateway under several paths is told apart.
 */
function twiceRead(devices: readonly unknown[]): CrossFault[] {
  const seen = new Map<string, number>();
  return devices.flatMap((device, i) => {
    const place = placeOf(section(device));
    const first = place === undefined ? undefined : seen.get(place);
    if (place !== undefined && first === undefined) seen.set(place, i);
    if (first === undefined) return [];
    return [
      { path: ["devices", i, "address"], message: `is also the address of devices[${first}]` },
    ];
  });
}

const WEB_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

function placeOf({ address, driver = "auto" }: Section): string | undefined {
  if (typeof address !== "string") return undefined;
  const isUrl = /^https?:\/\//i.test(address);
  // A scheme of no meaning: of a URL it is not told whether its scheme's usual port was written.
  const url = URL.parse(isUrl ? address : `tcp://${isIPv6(address) ? `[${address}]` : address}`);
  if (url === null) return undefined;
  const host = plainHost(url.hostname).replace(/^(localhost|::1)$/, "127.0.0.1");
  const port = url.port === "" ? WEB_PORTS[url.protocol] : url.port;
  return `${host} ${port ?? driver} ${url.pathname.replace(/^\/$/, "")}`;
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
