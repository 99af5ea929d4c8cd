import { pciKey } from "../core/reading.ts";
import { find, isRecord, type Scope } from "./pointer.ts";
import type { BusAddress } from "./table.ts";

// "0000:0a:00.0", or without domain, or without function.
const HEX = /^(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})(?:\.([0-7]))?$/i;
const DECIMAL = /^(?:(\d{1,5}):)?(\d{1,3}):(\d{1,2})(?:\.([0-7]))?$/;
const MAX_BUS = 0xff;
const MAX_DEVICE = 0x1f;
const MAX_DOMAIN = 0xffff_ffff;

/** The report key of an element that is a GPU; undefined where it does not say, or not believably, where it sits. */
export function busKey({ at, base, domain }: BusAddress, scope: Scope): string | undefined {
  if (!isRecord(scope.element)) return undefined;
  const found = find(scope, at);
  if (typeof found === "string") return keyOfText(found.trim(), base);
  if (!isWithin(found, MAX_BUS)) return undefined;
  const said = domain === undefined ? undefined : find(scope, domain);
  // A rig without domains has one, number 0.
  return pciKey(found, 0, isWithin(said, MAX_DOMAIN) ? said : 0);
}

function isWithin(found: unknown, max: number): found is number {
  return typeof found === "number" && Number.isInteger(found) && found >= 0 && found <= max;
}

function keyOfText(text: string, base: 10 | 16): string | undefined {
  // A bus number alone.
  if (base === 10 && /^\d{1,3}$/.test(text) && Number(text) <= MAX_BUS) return pciKey(Number(text));
  if (base === 16 && /^[0-9a-f]{1,2}$/i.test(text)) return pciKey(Number.parseInt(text, 16));
  const match = (base === 16 ? HEX : DECIMAL).exec(text);
  if (match === null) return undefined;
  const [, domain = "0", bus = "", device = "", fn = "0"] = match;
  const [b, d] = [Number.parseInt(bus, base), Number.parseInt(device, base)];
  if (b > MAX_BUS || d > MAX_DEVICE) return undefined;
  return pciKey(b, d, Number.parseInt(domain, base), Number(fn));
}
