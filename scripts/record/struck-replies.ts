import type { Driver } from "../../agent/drivers/driver.ts";
import { readReplies } from "../../agent/drivers/read-replies.ts";
import { type Learned, StrikeOut } from "./strike-out.ts";

type Replies = Readonly<Record<string, Uint8Array>>;

/**
 * Replies of one device without what is private in them; those that are no text are left out. gRPC never is text: its
 * messages may pass for it by chance, and no name stands in them by which a value could be told.
 */
export function struckReplies(driver: Driver, replies: Replies): Replies {
  const strike = new StrikeOut(learnedOf(driver, replies));
  const kept = Object.entries(replies).flatMap(([name, bytes]) => {
    if (driver.asks[name]?.link === "grpc") return [];
    const struck = strike.reply(bytes);
    return struck.length === 0 && bytes.length > 0 ? [] : [[name, struck] as const];
  });
  return Object.fromEntries(kept);
}

/** What the driver finds by where it stands, which no name may tell: the third of a list is the worker. */
function learnedOf(driver: Driver, replies: Replies): Learned {
  const identities = readReplies(driver, replies).map(({ identity }) => identity);
  const known = (values: readonly (string | undefined)[]): string[] =>
    values.filter((value) => value !== undefined);
  return {
    // A hostname is always told by its name, and may be what the maker named all of theirs.
    secrets: known(
      identities.flatMap(({ worker, serial, mac, uuid }) => [worker, serial, mac, uuid]),
    ),
    places: known(identities.map(({ pool }) => pool)),
  };
}
