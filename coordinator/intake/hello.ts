import type { Hex } from "../../proto/hex.ts";
import { type Hello, messageDigest, type Welcome } from "../../proto/messages.ts";
import type { Seal } from "../../proto/typed-data.ts";
import { decodeHello, type Signed, WireError } from "../../proto/wire.ts";
import { ALL_RIG_COLUMNS, type RigRow } from "../fleet/row.ts";
import {
  decideWelcome,
  headOf,
  MAX_LOOKED_AT,
  MAX_MISSING,
  missingBelow,
  signedFault,
  type WelcomeDecision,
} from "../fleet/welcome.ts";
import type { Ledger } from "../ledger/open.ts";
import type { Clock } from "../ports.ts";
import { type Signer, signerOf } from "../verify/signature.ts";

/** Why a hello gets no answer. */
export type HelloFault =
  | "malformed"
  | "too-large"
  | "wrong-topic"
  | "wrong-coordinator"
  | "bad-signature"
  | "unknown-rig"
  | "revoked-key";

/** Reads a hello and checks all that needs no ledger; the answer is a fault's name where it is not to be heard. */
export function readHello(
  payload: Uint8Array,
  from: Hex,
  coordinator: Hex,
  seal: Seal,
): Hello | HelloFault {
  try {
    const { message: hello, signature } = decodeHello(payload);
    if (hello.rig !== from) return "wrong-topic";
    if (hello.coordinator !== coordinator) return "wrong-coordinator";
    if (signedFault(hello.signed) !== undefined) return "malformed";
    const signer = signerOf(messageDigest(seal, "Hello", hello), signature);
    return signer === hello.key ? hello : "bad-signature";
  } catch (thrown) {
    if (thrown instanceof WireError) return thrown.code;
    if (thrown instanceof RangeError) return "malformed";
    throw thrown;
  }
}

/** What a welcome needs of the coordinator. */
export interface WelcomeParts {
  readonly db: Ledger;
  readonly signer: Signer;
  readonly seal: Seal;
  readonly beacon: () => Hex;
  readonly clock: Clock;
  readonly windowSeconds: number;
}

/** A welcome, and what was decided. */
export interface Welcomed {
  readonly welcome: Signed<Welcome>;
  readonly decision: WelcomeDecision;
}

/** Makes the function that answers a hello, inside the caller's transaction. A fault's name: there is no answer. */
export function createWelcome(parts: WelcomeParts): (hello: Hello) => Welcomed | HelloFault {
  const { db, signer, seal, beacon, clock, windowSeconds } = parts;
  const rowOf = db.prepare<[Hex], RigRow>(`SELECT ${ALL_RIG_COLUMNS} FROM rigs WHERE rig = ?`);
  const present = db
    .prepare<[Hex, number, number], number>(
      `SELECT sequence FROM attestations WHERE rig = ? AND sequence < ? AND sequence >= ?
        ORDER BY sequence DESC`,
    )
    .pluck();
  const whole = db.prepare("UPDATE rigs SET whole_below = ? WHERE rig = ?");
  const grant = db.prepare("UPDATE rigs SET era = ?, instance = ? WHERE rig = ?");
  const seen = db.prepare("UPDATE rigs SET last_seen_at = ? WHERE rig = ?");
  const dropLimits = db.prepare("DELETE FROM era_limits WHERE rig = ?");
  const addLimit = db.prepare("INSERT INTO era_limits (rig, era, last_sequence) VALUES (?, ?, ?)");

  function missingOf({ rig, head_sequence, whole_below }: RigRow): bigint[] {
    if (head_sequence === null) return [];
    const from = Math.max(whole_below, head_sequence - MAX_LOOKED_AT);
    const rows = present.iterate(rig, head_sequence, from);
    const missing = missingBelow(head_sequence, rows, from);
    const lowest = missing[0];
    // What is whole stays whole: the next welcome looks only above it.
    if (missing.length < MAX_MISSING && from === whole_below) {
      whole.run(lowest === undefined ? head_sequence : Number(lowest), rig);
    }
    return missing;
  }

  function write(hello: Hello, decision: WelcomeDecision): void {
    seen.run(clock(), hello.rig);
    if (decision.kind !== "granted") return;
    grant.run(decision.era, hello.instance, hello.rig);
    dropLimits.run(hello.rig);
    for (const { era, sequence } of decision.limits) {
      addLimit.run(hello.rig, era, Number(sequence));
    }
  }

  return (hello) => {
    const row = rowOf.get(hello.rig);
    if (row === undefined) return "unknown-rig";
    if (hello.key !== row.key || row.revoked_at !== null) return "revoked-key";
    const decision = decideWelcome(row, hello, clock());
    write(hello, decision);
    const era = "era" in decision ? decision.era : 0;
    const message: Welcome = {
      rig: hello.rig,
      challenge: hello.challenge,
      era,
      newestEra: decision.kind === "granted" ? decision.era : row.era,
      ...headOf(row),
      missing: missingOf(row),
      windowSeconds,
      settingsVersion: 0n,
      time: BigInt(clock()),
      beacon: beacon(),
    };
    const signature = signer.sign(messageDigest(seal, "Welcome", message));
    return { welcome: { message, signature }, decision };
  };
}
