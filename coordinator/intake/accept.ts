import type { Hex } from "../../proto/hex.ts";
import { messageDigest, type RefusalCode } from "../../proto/messages.ts";
import type { Seal } from "../../proto/typed-data.ts";
import type { SignedAnswer } from "../../proto/wire.ts";
import type { Ledger } from "../ledger/open.ts";
import type { Clock } from "../ports.ts";
import type { Signer } from "../verify/signature.ts";
import { type Arrived, type Decision, decideAttestation, type Standing } from "./attestation.ts";
import { openShelf, type StoredReceipt } from "./shelf.ts";

/** What the coordinator says to one attestation, and what became of it. */
export interface Accepted {
  readonly answer: SignedAnswer;
  readonly decision: Decision;
  /** The rig on whose topic it came is one of ours. */
  readonly known: boolean;
}

/** What accepting needs of the coordinator. */
export interface AcceptParts {
  readonly db: Ledger;
  readonly signer: Signer;
  readonly seal: Seal;
  readonly beacon: () => Hex;
  readonly clock: Clock;
}

/**
 * Makes the function that takes one attestation into the ledger, or refuses it, and signs the answer. It runs inside
 * the caller's transaction; the answer must not leave the process before that is committed.
 */
export function createAccept(parts: AcceptParts): (arrived: Arrived) => Accepted {
  const { db, signer, seal, beacon, clock } = parts;
  const shelf = openShelf(db);

  const receiptFor = (
    { attestation: { rig, era, sequence }, digest }: Arrived,
    given: Omit<StoredReceipt, "receipt_signature">,
  ) => {
    return {
      rig,
      era,
      sequence,
      digest,
      receivedAt: BigInt(given.received_at),
      beacon: given.receipt_beacon,
    };
  };

  function take(arrived: Arrived, standing: Standing & { head_sequence: number | null }) {
    const given = { received_at: clock(), receipt_beacon: beacon() };
    const message = receiptFor(arrived, given);
    // Signed before the commit so that it is stored with what it speaks of: a repetition gets the same bytes.
    const signature = signer.sign(messageDigest(seal, "Receipt", message));
    shelf.store(arrived, { ...given, receipt_signature: signature }, standing.head_sequence);
    return { kind: "receipt", message, signature } as const;
  }

  function repeat(arrived: Arrived) {
    const { rig, era, sequence } = arrived.attestation;
    const stored = shelf.receiptAt(rig, era, Number(sequence));
    shelf.seen(rig, clock());
    const message = receiptFor(arrived, stored);
    return { kind: "receipt", message, signature: stored.receipt_signature } as const;
  }

  function refuse(arrived: Arrived, code: RefusalCode, known: boolean) {
    const { attestation, digest, from: rig } = arrived;
    // About the rig whose topic it came on: a stranger who repeats an attestation on a topic of his own gets no word
    // that could be held against the rig that signed it.
    const message = { rig, era: attestation.era, sequence: attestation.sequence, digest, code };
    const signature = signer.sign(messageDigest(seal, "Refusal", message));
    if (known) shelf.refused(message, clock());
    return { kind: "refusal", message, signature } as const;
  }

  return (arrived) => {
    const standing = shelf.standingOf(arrived.from);
    const known = standing !== undefined;
    const decision = decideAttestation(arrived, standing, shelf.of(arrived.from));
    switch (decision.kind) {
      case "accept":
        if (standing === undefined) throw new Error("accepted from a rig that is not known");
        return { decision, known, answer: take(arrived, standing) };
      case "repeat":
        return { decision, known, answer: repeat(arrived) };
      case "refuse":
        return { decision, known, answer: refuse(arrived, decision.code, known) };
      case "equivocation":
        shelf.keepEquivocation(arrived, decision.clash, decision.kept, clock());
        return { decision, known, answer: refuse(arrived, "equivocation", known) };
      default:
        throw new Error(decision satisfies never);
    }
  };
}
