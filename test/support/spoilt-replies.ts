import type { Driver } from "../../agent/drivers/driver.ts";
import { wildness } from "../../scripts/fuzz/tame.ts";
import type { Random } from "./random.ts";

type Replies = Readonly<Record<string, Uint8Array>>;

/** Sound replies of a device, and what to call them. */
export interface Sound {
  readonly name: string;
  readonly driver: Driver;
  readonly replies: Replies;
}

/** The same replies with one of them put through something. */
export function* spoilt(
  replies: Replies,
  spoil: (reply: Uint8Array) => Iterable<Uint8Array>,
): Iterable<readonly [ask: string, Replies]> {
  for (const [ask, reply] of Object.entries(replies))
    for (const worse of spoil(reply)) yield [ask, { ...replies, [ask]: worse }];
}

/** Beginnings of a reply, `steps` of them. */
export function cuts(reply: Uint8Array, steps: number): Uint8Array[] {
  return Array.from({ length: steps }, (_, step) =>
    reply.subarray(0, Math.floor((reply.length * step) / steps)),
  );
}

// Bytes on which decoders decide something, one that is no UTF-8 and a digit.
const BYTES = [0x00, 0x22, 0x2c, 0x5b, 0x7b, 0x7d, 0x7c, 0x39, 0xff];

/** A reply with one byte changed, `steps` times over its length. */
export function changes(reply: Uint8Array, steps: number, random: Random): Uint8Array[] {
  if (reply.length === 0) return [];
  return Array.from({ length: steps }, (_, step) => {
    const copy = Buffer.from(reply);
    const at = Math.floor((reply.length * (step + random.next())) / steps);
    const flipped = (copy[at] ?? 0) ^ (1 << random.below(8));
    copy[at] = random.below(2) === 0 ? random.pick(BYTES) : flipped;
    return copy;
  });
}

/** What is wrong with how a driver takes any of these; undefined where it is tame. */
export function firstWildness(
  { name, driver, replies }: Sound,
  how: string,
  spoil: (reply: Uint8Array) => Iterable<Uint8Array>,
): string | undefined {
  for (const [ask, worse] of spoilt(replies, spoil)) {
    const fault = wildness(driver, worse);
    if (fault !== undefined)
      return `${name}: ${ask} ${how} (${worse[ask]?.length} bytes): ${fault}`;
  }
  return undefined;
}
