import { type Hex, ZERO_32 } from "../../proto/hex.ts";
import type { EraHead, Hello } from "../../proto/messages.ts";
import type { RigRow } from "./row.ts";

/** What of a rig's row a hello is judged by. */
export type FenceRow = Pick<RigRow, "instance" | "era" | "head_digest">;
/** What of a hello decides. */
export type FenceHello = Pick<Hello, "instance" | "era" | "newestEra" | "base" | "signed">;

/** What becomes of a hello. */
export type WelcomeDecision =
  /** The instance has this era already: a reconnect, or a welcome that was lost. */
  | { readonly kind: "again"; readonly era: number }
  /** The instance gets a new era; attestations of older ones are accepted up to these limits from now on. */
  | { readonly kind: "granted"; readonly era: number; readonly limits: readonly EraHead[] }
  /** No era: another instance holds the newest one, or the hello knows less than the coordinator. */
  | { readonly kind: "superseded" }
  | { readonly kind: "stale" };

const MAX_ERA = 0xffff_ffff;

/**
 * Decides a hello: section 4, points 2 and 3 of docs/attestation.md. Pure; the caller holds the rig's row and writes
 * what is granted in the same transaction.
 */
export function decideWelcome(
  row: FenceRow,
  hello: FenceHello,
  nowSeconds: number,
): WelcomeDecision {
  const current = row.era !== 0 && hello.instance === row.instance;
  if (hello.era !== 0) {
    return current && hello.era === row.era
      ? { kind: "again", era: row.era }
      : { kind: "superseded" };
  }
  if (current) return { kind: "again", era: row.era };
  // Compare and swap: a hello that lingered somewhere compares with a state that is gone, and changes nothing.
  if (hello.base !== (row.head_digest ?? ZERO_32) || hello.newestEra !== row.era) {
    return { kind: "stale" };
  }
  // Above all that the rig signed in, too: a ledger put back from a backup, under a clock put back with it, must not
  // hand out an era that the rig holds already.
  const era = Math.max(row.era + 1, nowSeconds, ...newestSigned(hello.signed));
  return era > MAX_ERA ? { kind: "stale" } : { kind: "granted", era, limits: hello.signed };
}

function newestSigned(signed: readonly EraHead[]): number[] {
  const last = signed.at(-1);
  return last === undefined ? [] : [last.era + 1];
}

/** What is wrong with the list of a hello, in words; undefined when nothing is. */
export function signedFault(signed: readonly EraHead[]): string | undefined {
  let before = 0;
  for (const { era, sequence } of signed) {
    if (era <= before) return "its eras are not in order";
    if (sequence > BigInt(Number.MAX_SAFE_INTEGER)) return "a sequence is beyond 2^53";
    before = era;
  }
  return undefined;
}

/** How many missing sequences a welcome names. */
export const MAX_MISSING = 10_000;

/** How far below the head a welcome looks for them: an old gap that stays must not cost each hello the whole ledger. */
export const MAX_LOOKED_AT = 50_000;

/**
 * The sequences in [from, head) that are not among those present, newest last, at most `limit` of the newest. `present`
 * are the sequences below the head, the newest first.
 */
export function missingBelow(
  head: number,
  present: Iterable<number>,
  from = 0,
  limit = MAX_MISSING,
): bigint[] {
  const missing: bigint[] = [];
  let next = head - 1;
  const gapDownTo = (floor: number): void => {
    for (; next > floor && missing.length < limit; next -= 1) missing.push(BigInt(next));
  };
  for (const sequence of present) {
    if (sequence < from || missing.length >= limit) break;
    gapDownTo(sequence);
    // The same sequence may be there twice, of two eras.
    next = Math.min(next, sequence - 1);
  }
  gapDownTo(from - 1);
  return missing.reverse();
}

/** The digest of nothing, or of the head. */
export function headOf(row: Pick<RigRow, "head_sequence" | "head_digest">): {
  headSequence: bigint;
  headDigest: Hex;
} {
  return {
    headSequence: BigInt(row.head_sequence ?? 0),
    headDigest: row.head_digest ?? ZERO_32,
  };
}
