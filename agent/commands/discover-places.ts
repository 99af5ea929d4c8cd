import { isIPv4 } from "node:net";
import { RigError } from "../core/errors.ts";
import { isThisHost, plainHost } from "../core/own-addresses.ts";
import { type Address, parseAddress } from "../drivers/address.ts";
import { isRemote, webPort } from "../drivers/dial.ts";
import type { Target } from "../drivers/discovery/targets.ts";
import type { Driver } from "../drivers/driver.ts";
import { portOf } from "../drivers/open.ts";
import { DRIVERS } from "../drivers/registry.ts";

const THIS_HOST = "127.0.0.1";

/** Where a device is asked, however its address is spelled. */
export interface Place {
  /** Every own address of this host is `127.0.0.1`. */
  readonly host: string;
  /** Undefined where nothing says it: a driver that is yet to be found looks at every usual port. */
  readonly port: number | undefined;
  /** An ASIC at a usual port of its kind: one device, whichever of its ports is asked. */
  readonly isAsic: boolean;
}

/** The place that a driver asks at, `auto` included; undefined for what is read on this host without an address. */
export function placeOf(address: string | undefined, driverName: string): Place | undefined {
  const driver = DRIVERS.find(({ name }) => name === driverName);
  if (address === undefined || address === "local" || (driver !== undefined && !isRemote(driver)))
    return undefined;
  const parsed = parsedOf(address);
  if (parsed === undefined) return { host: address, port: undefined, isAsic: false };
  const port = portAt(address, driver, parsed);
  const isUsual = driver !== undefined && port !== undefined && driver.ports.includes(port);
  return { host: hostAt(parsed.host), port, isAsic: isUsual && driver.kind === "asic" };
}

/** The host of an address as places have it; the whole text where it is no address. */
export function hostOf(address: string): string {
  const parsed = parsedOf(address);
  return parsed === undefined ? address : hostAt(parsed.host);
}

/** Undefined for what only the check of the settings can say more of. */
function parsedOf(address: string): Address | undefined {
  try {
    return parseAddress(address);
  } catch (error) {
    if (error instanceof RigError) return undefined;
    throw error;
  }
}

/** A host as places have it. Other loopback addresses than the first may each have a listener of their own. */
function hostAt(host: string): string {
  const plain = plainHost(host).replace(/\.$/, "");
  const isOther = plain.startsWith("127.");
  return !isOther && isThisHost(plain) ? THIS_HOST : plain;
}

function portAt(address: string, driver: Driver | undefined, parsed: Address): number | undefined {
  if (driver !== undefined && driver.ports.length > 0)
    return portOf({ name: driver.name, driver: driver.name, address }, driver, parsed);
  return parsed.url === undefined ? parsed.port : webPort(parsed.url);
}

/** True where a configured place and one that was found have one device behind them. */
export function isOnePlace(configured: Place, found: Place): boolean {
  if (configured.host !== found.host) return false;
  if (configured.isAsic && found.isAsic) return true;
  return configured.port === undefined || configured.port === found.port;
}

/** True where an address of the settings is an IPv4 address that was looked at. A name may be any device's by now. */
export function wasLookedAt(address: string, targets: readonly Target[]): boolean {
  const host = hostOf(address);
  if (!isIPv4(host) || host === THIS_HOST) return false;
  const number = host.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  return targets.some(
    (target) => "first" in target && number >= target.first && number < target.first + target.count,
  );
}
