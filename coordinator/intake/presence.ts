import type { Hex } from "../../proto/hex.ts";
import type { Presence } from "../../proto/topics.ts";
import type { Ledger } from "../ledger/open.ts";
import type { Clock } from "../ports.ts";

const MAX_BYTES = 1024;

/** Reads what a rig says on its presence topic; undefined where it is not that. */
export function readPresence(payload: Uint8Array): Presence | undefined {
  if (payload.length > MAX_BYTES) return undefined;
  try {
    const read = JSON.parse(Buffer.from(payload).toString("utf8")) as Partial<Presence> | null;
    const { online, version, since } = read ?? {};
    if (typeof online !== "boolean" || typeof version !== "string") return undefined;
    if (!Number.isSafeInteger(since) || version.length > 64) return undefined;
    return { online, version, since: since as number };
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}

/** Makes the function that keeps what rigs say of their presence. It is nobody's signed word and decides nothing. */
export function createPresence(db: Ledger, clock: Clock): (rig: Hex, presence: Presence) => void {
  const came = db.prepare(
    "UPDATE rigs SET online = 1, version = ?, last_seen_at = ? WHERE rig = ?",
  );
  const left = db.prepare("UPDATE rigs SET online = 0 WHERE rig = ?");
  const onlineSince = new Map<Hex, number>();
  return (rig, { online, version, since }) => {
    // The last will of a connection that was replaced comes after the first word of the one that replaced it.
    if (!online && since < (onlineSince.get(rig) ?? 0)) return;
    if (!online) {
      left.run(rig);
    } else if (came.run(version, clock(), rig).changes > 0) {
      onlineSince.set(rig, since);
    }
  };
}

/** Forgets who was online: at start nobody has been heard. */
export function forgetPresence(db: Ledger): void {
  db.prepare("UPDATE rigs SET online = NULL").run();
}
