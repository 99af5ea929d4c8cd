import type { Attested, Bundle, RecordPart } from "./bundle.ts";
import { type Link, link } from "./link.ts";

/** The epoch of a record, Unix seconds, and the length of its windows. */
export interface Epoch {
  readonly start: bigint;
  readonly end: bigint;
  readonly windowSeconds: bigint;
}

const MOST_WINDOWS = 0xffff_ffffn;

/** The epoch of a record, whose windows are those of the bundle. */
export function epochOf({ record }: RecordPart, { windowSeconds }: Bundle): Epoch {
  return { start: record.epochStart, end: record.epochEnd, windowSeconds };
}

/** What is wrong with an epoch; undefined when it is one of a fixed grid, of whole windows. */
export function epochFault({ start, end, windowSeconds }: Epoch): string | undefined {
  const length = end - start;
  if (length <= 0n) return "it ends before it begins";
  if (length % windowSeconds !== 0n) return `it is no multiple of ${windowSeconds} s`;
  if (start % length !== 0n) return `its start is not on the grid of its length, ${length} s`;
  if (length / windowSeconds > MOST_WINDOWS) return "it has more windows than a record can name";
  return undefined;
}

/** When the epoch ended that a window lies in, Unix seconds: all epochs of a ledger have one length. */
export function endOfEpochAt(windowStart: bigint, { start, end }: Epoch): bigint {
  const length = end - start;
  return windowStart - (windowStart % length) + length;
}

const MOST_NAMED = 20;

function sequencesOf(own: readonly Attested[]): string {
  const names = own.slice(0, MOST_NAMED).map(({ statement }) => statement.sequence);
  const more = own.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/**
 * Whether what each rig attested is of the bundle's window length. One that is not counts nothing and is named. Where it
 * is most of what a rig attested, the length is in doubt and not the rig.
 */
export function lengthLinks({ attestations, windowSeconds }: Bundle): Link[] {
  const rigs = Map.groupBy(attestations, ({ statement }) => statement.rig);
  return [...rigs].map(([rig, own]) => {
    const off = own.filter(
      ({ statement }) => statement.windowEnd - statement.windowStart !== windowSeconds,
    );
    const told = `sequences ${sequencesOf(off)} are not ${windowSeconds} s long and count nothing`;
    return link(
      `windows of ${rig}: length`,
      off.length * 2 > own.length && `${told}: most of what the rig attested`,
      off.length === 0 ? `each is ${windowSeconds} s long` : told,
    );
  });
}
