import { showQuantity } from "../core/quantity.ts";
import type { Identity, Report } from "../core/reading.ts";
import type { Found, Unread } from "../drivers/discovery/scan.ts";
import { isUnproven } from "../drivers/driver.ts";
import { type Token, tokensOf } from "../sampler/device-id.ts";
import { hostOf } from "./discover-places.ts";
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

/**
 * What was found, in order of address, each address once. Of several addresses of one device all but the first say so:
 * those that show one serial number, UUID or MAC, and those of one mining program that has the same GPUs.
 */
export function devicesOf(found: readonly Found[]): Device[] {
  const once = new Map(found.map((one) => [`${one.address} ${one.driver.name}`, one]));
  const seen: Known[] = [];
  return [...once.values()].sort(byAddress).map((one) => {
    const { address, driver, reports } = one;
    const known = knownOf(one);
    const twin = seen.find((other) => areOne(known, other));
    if (twin === undefined) seen.push(known);
    const [token] = known.tokens;
    const { make, model, firmware } = known.identity;
    return {
      address,
      driver: driver.name,
      ...(make === undefined ? {} : { make }),
      ...(model === undefined ? {} : { model }),
      ...(firmware === undefined ? {} : { firmware }),
      hashrate: hashrates(reports),
      gpus: reports.filter(({ key }) => key.startsWith("pci:")).length,
      ...(token === undefined ? {} : { known_by: { kind: token.kind, value: token.value } }),
      ...(twin === undefined ? {} : { same_as: twin.address }),
      unproven: isUnproven(driver),
    };
  });
}

/** What tells a find from others. */
interface Known {
  readonly address: string;
  readonly driver: string;
  readonly identity: Identity;
  readonly tokens: readonly Token[];
  readonly gpus: ReadonlySet<string>;
}

function knownOf({ address, driver, reports }: Found): Known {
  const identity: Identity = reports.find(({ key }) => key === "")?.identity ?? {};
  const gpus = reports
    .filter(({ key }) => key !== "")
    .flatMap((report) => tokensOf(report.identity))
    .filter(({ kind }) => kind === "uuid" || kind === "serial");
  return {
    ...{ address, driver: driver.name, identity, tokens: tokensOf(identity) },
    gpus: new Set(gpus.map(({ kind, value }) => `${kind} ${value}`)),
  };
}

function areOne(a: Known, b: Known): boolean {
  for (const { kind, value } of a.tokens) {
    const other = b.tokens.find((token) => token.kind === kind);
    if (other !== undefined) return other.value === value;
  }
  // A card's sensor, and another program on the card, are read beside it. Two runs of one program share a host.
  if (a.driver !== b.driver || hostOf(a.address) === hostOf(b.address)) return false;
  return [...a.gpus].some((gpu) => b.gpus.has(gpu));
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
