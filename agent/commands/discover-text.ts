import { showQuantity } from "../core/quantity.ts";
import type { Identity, Report } from "../core/reading.ts";
import type { Found, Unread } from "../drivers/discovery/scan.ts";
import { isUnproven } from "../drivers/driver.ts";
import { tokensOf } from "../sampler/device-id.ts";
import { columns, printable } from "./text.ts";

/** A device that was found, as it is shown and written. */
export interface Device {
  /** Host, or host:port; `local` for what is read on this host. */
  readonly address: string;
  readonly driver: string;
  readonly make?: string;
  readonly model?: string;
  readonly firmware?: string;
  /** H/s by algorithm; of a miner's GPUs together. */
  readonly hashrate: Readonly<Record<string, number>>;
  readonly gpus: number;
  /** What it is known by, whatever its address: serial number, UUID or MAC. */
  readonly known_by?: { readonly kind: string; readonly value: string };
  /** Another address that answers as the same device. */
  readonly same_as?: string;
  readonly unproven: boolean;
}

/** What was found, in order of address; of two addresses with one identity the second says so. */
export function devicesOf(found: readonly Found[]): Device[] {
  const seen = new Map<string, string>();
  return [...found].sort(byAddress).map(({ address, driver, reports }) => {
    const identity: Identity = reports.find(({ key }) => key === "")?.identity ?? {};
    const [token] = tokensOf(identity);
    const known = token === undefined ? undefined : `${token.kind} ${token.value}`;
    const twin = known === undefined ? undefined : seen.get(known);
    if (known !== undefined && twin === undefined) seen.set(known, address);
    const { make, model, firmware } = identity;
    return {
      address,
      driver: driver.name,
      ...(make === undefined ? {} : { make }),
      ...(model === undefined ? {} : { model }),
      ...(firmware === undefined ? {} : { firmware }),
      hashrate: hashrates(reports),
      gpus: reports.filter(({ key }) => key.startsWith("pci:")).length,
      ...(token === undefined ? {} : { known_by: { kind: token.kind, value: token.value } }),
      ...(twin === undefined ? {} : { same_as: twin }),
      unproven: isUnproven(driver),
    };
  });
}

const padded = (address: string): string =>
  address.replaceAll(/\d+/g, (digits) => digits.padStart(5, "0"));
const byAddress = (a: Found, b: Found): number =>
  padded(a.address) < padded(b.address) ? -1 : padded(a.address) > padded(b.address) ? 1 : 0;

function hashrates(reports: readonly Report[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { metric, part, algorithm = "unknown algorithm", value } of reports.flatMap(
    ({ readings }) => readings,
  ))
    if (metric === "hashrate" && part === "") sums[algorithm] = (sums[algorithm] ?? 0) + value;
  return sums;
}

/** A table for a person. */
export function foundLines(devices: readonly Device[]): string[] {
  if (devices.length === 0) return ["No device was found."];
  const rows = devices.map((device) => [
    device.address,
    device.driver,
    printable([device.make, device.model].filter(Boolean).join(" ") || gpuText(device.gpus)),
    Object.entries(device.hashrate)
      .map(([algorithm, rate]) => `${showQuantity("hashrate", rate)} ${algorithm}`)
      .join(", "),
    device.known_by === undefined
      ? ""
      : printable(`${device.known_by.kind} ${device.known_by.value}`),
    [
      ...(device.same_as === undefined ? [] : [`the same device as ${device.same_as}`]),
      ...(device.unproven ? ["unproven"] : []),
    ].join(", "),
  ]);
  return columns([["ADDRESS", "DRIVER", "DEVICE", "HASHRATE", "KNOWN BY", ""], ...rows]);
}

const gpuText = (gpus: number): string => (gpus === 0 ? "" : gpus === 1 ? "1 GPU" : `${gpus} GPUs`);

/** What answered and cannot be read, and what to do about it. */
export function unreadLines(unread: readonly Unread[]): string[] {
  if (unread.length === 0) return [];
  const rows = unread.map(({ address, error }) => [
    address,
    printable(error.message.slice(0, 150)),
  ]);
  return ["", "These answer and were not read:", ...columns(rows, "  ")];
}
