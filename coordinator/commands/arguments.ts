import { getAddress } from "ethers/address";
import { asAddress, type Hex } from "../../proto/hex.ts";
import { UNITS } from "../../proto/units.ts";
import { CoordinatorError } from "../errors.ts";
import { LAST_INSTANT } from "../record/allocations.ts";
import type { Fraction } from "../record/fraction.ts";
import { parseUint256, type Token } from "../record/token.ts";

const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

function wrong(text: string, what: string, cause?: unknown): CoordinatorError {
  return new CoordinatorError("argument-invalid", `${JSON.stringify(text)} is not ${what}`, {
    cause,
  });
}

/** An address from a command line; one in mixed case must have a right checksum. */
export function parseAddress(text: string): Hex {
  try {
    return asAddress(getAddress(text));
  } catch (cause) {
    throw wrong(text, "an address", cause);
  }
}

/** `CHAIN:CONTRACT:ID`, or `CONTRACT:ID` on the coordinator's own chain. Throws where the chain is another one. */
export function parseTokenArgument(text: string, chainId: bigint): Token {
  const parts = text.split(":");
  const [collection = "", id = "", rest] = parts.length === 3 ? parts.slice(1) : parts;
  const tokenId = parseUint256(id);
  if (tokenId === undefined || rest !== undefined) throw wrong(text, "CHAIN:CONTRACT:TOKEN_ID");
  if (parts.length === 3 && parts[0] !== String(chainId)) {
    throw wrong(text, `a token of chain ${chainId}, which this coordinator keeps records for`);
  }
  return { collection: parseAddress(collection), tokenId };
}

/** `1/4`, or `1` for the whole. */
export function parseFraction(text: string): Fraction {
  const [, numerator, , denominator] = /^(\d{1,19})(\/(\d{1,19}))?$/.exec(text) ?? [];
  if (numerator === undefined) throw wrong(text, "a fraction such as 1/4");
  return { numerator: BigInt(numerator), denominator: BigInt(denominator ?? "1") };
}

/**
 * An instant as whole Unix seconds: a number of them, an ISO date or time (UTC unless it says otherwise), `now` for the
 * start of the window that it is, or `+30d` after the first instant where there is one. Throws on anything else.
 */
export function parseInstant(
  text: string,
  windowSeconds: number,
  now: number,
  after?: bigint,
): bigint {
  const window = Math.floor(now / windowSeconds) * windowSeconds;
  if (text === "now") return BigInt(window);
  const [, count, unit] = /^\+(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count !== undefined && after !== undefined) {
    const seconds = Number(count) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS];
    return inCalendar(text, after + BigInt(seconds));
  }
  return inCalendar(text, /^\d{1,12}$/.test(text) ? BigInt(text) : dateSeconds(text));
}

function inCalendar(text: string, seconds: bigint | undefined): bigint {
  if (seconds !== undefined && seconds >= 0n && seconds <= LAST_INSTANT) return seconds;
  throw wrong(text, "a time such as 2026-02-01, 2026-02-01T12:00Z, now or Unix seconds");
}

function dateSeconds(text: string): bigint | undefined {
  const iso = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  if (iso === null) return undefined;
  const [, date = "", time, , zone] = iso;
  // JavaScript takes the 31st of February for the 3rd of March.
  const day = Date.parse(date);
  if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date) return undefined;
  // Without a zone it reads a date as UTC and a time as local: here both are UTC.
  const milliseconds = Date.parse(time !== undefined && zone === undefined ? `${text}Z` : text);
  return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds / 1000);
}

/** `10TH/s` as whole H/s, exactly. */
export function parseHashrate(text: string): bigint {
  const [, whole, , decimals = "", unit = ""] =
    /^(\d{1,18})(\.(\d{1,15}))? ?(\S+)$/.exec(text) ?? [];
  const size = (UNITS.hashrate as Readonly<Record<string, number>>)[unit];
  if (whole === undefined || size === undefined) throw wrong(text, "a hashrate such as 10TH/s");
  const scaled = BigInt(whole + decimals) * BigInt(size);
  const divisor = 10n ** BigInt(decimals.length);
  if (scaled % divisor !== 0n) throw wrong(text, "a whole number of H/s");
  return scaled / divisor;
}
