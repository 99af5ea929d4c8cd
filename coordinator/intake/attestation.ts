import {
  type Attestation,
  digestOf,
  type SignedAttestation,
  shapeFault,
} from "../../proto/attestation.ts";
import type { Hex } from "../../proto/hex.ts";
import type { RefusalCode } from "../../proto/messages.ts";
import type { Seal } from "../../proto/typed-data.ts";
import { decodeAttestation, WireError } from "../../proto/wire.ts";
import { signerOf } from "../verify/signature.ts";

/** Bytes whose digest cannot be known: there is nothing that an answer could be about. */
export interface Nameless {
  readonly kind: "nameless";
  readonly code: "malformed" | "too-large";
}

/** An attestation as far as it can be judged without the ledger. */
export interface Arrived {
  readonly kind: "arrived";
  /** The rig on whose topic it came. */
  readonly from: Hex;
  readonly attestation: Attestation;
  readonly digest: Hex;
  /** The bytes as they came. */
  readonly body: Uint8Array;
  /** What is wrong with its shape or its topic, in words; absent when nothing is. */
  readonly fault?: string;
  /** Addressed to this coordinator. */
  readonly ours: boolean;
  /** The signature is that of the key that it names. */
  readonly signed: boolean;
}

function decoded(
  payload: Uint8Array,
  seal: Seal,
): (SignedAttestation & { digest: Hex }) | Nameless {
  try {
    const signed = decodeAttestation(payload);
    return { ...signed, digest: digestOf(seal, signed.attestation) };
  } catch (thrown) {
    if (thrown instanceof WireError) return { kind: "nameless", code: thrown.code };
    // A field that travels wider than it is signed, such as a power source of 300.
    if (thrown instanceof RangeError) return { kind: "nameless", code: "malformed" };
    throw thrown;
  }
}

/** Reads one attestation and checks all that needs no ledger; the costly part of intake, done before any lock is held. */
export function readAttestation(
  payload: Uint8Array,
  from: Hex,
  coordinator: Hex,
  seal: Seal,
): Nameless | Arrived {
  const read = decoded(payload, seal);
  if ("kind" in read) return read;
  const { attestation, signature, digest } = read;
  const fault = attestation.rig === from ? shapeFault(attestation) : "it is on another rig's topic";
  return {
    kind: "arrived",
    from,
    attestation,
    digest,
    body: payload,
    ...(fault === undefined ? {} : { fault }),
    ours: attestation.coordinator === coordinator,
    signed: fault === undefined && signerOf(digest, signature) === attestation.key,
  };
}

/** What of a rig's row an attestation is judged by. */
export interface Standing {
  readonly key: Hex;
  readonly revoked_at: number | null;
  readonly frozen_at: number | null;
  readonly era: number;
}

/** What the ledger knows beside the rig's row; each is asked only when it matters. */
export interface Shelf {
  /** Digest of the attestation at a place. */
  digestAt(era: number, sequence: number): Hex | undefined;
  /** Digest of the attestation of a window. */
  digestOfWindow(era: number, windowStart: number): Hex | undefined;
  /** Up to which sequence an older era is still accepted. */
  limitOf(era: number): number | undefined;
}

/** What becomes of an attestation. */
export type Decision =
  | { readonly kind: "accept" }
  /** It is in the ledger already: the same receipt again. */
  | { readonly kind: "repeat" }
  | { readonly kind: "refuse"; readonly code: RefusalCode }
  | {
      readonly kind: "equivocation";
      readonly clash: "sequence" | "window";
      readonly kept: Hex;
    };

const refuse = (code: RefusalCode): Decision => ({ kind: "refuse", code });

/** Decides an attestation by its own words, the rig's row and the ledger. Section 5 of docs/attestation.md. */
export function decideAttestation(
  arrived: Arrived,
  standing: Standing | undefined,
  shelf: Shelf,
): Decision {
  const { attestation, digest } = arrived;
  if (arrived.fault !== undefined) return refuse("malformed");
  if (standing === undefined) return refuse("unknown-rig");
  if (!arrived.ours) return refuse("wrong-coordinator");
  if (!arrived.signed) return refuse("bad-signature");
  if (attestation.key !== standing.key || standing.revoked_at !== null) {
    return refuse("revoked-key");
  }
  const { era } = attestation;
  const sequence = Number(attestation.sequence);
  const atPlace = shelf.digestAt(era, sequence);
  if (atPlace === digest) return { kind: "repeat" };
  if (standing.frozen_at !== null) return refuse("frozen");
  if (atPlace !== undefined) return { kind: "equivocation", clash: "sequence", kept: atPlace };
  const ofWindow = shelf.digestOfWindow(era, Number(attestation.windowStart));
  if (ofWindow !== undefined) return { kind: "equivocation", clash: "window", kept: ofWindow };
  return behindFence(era, sequence, standing.era, shelf)
    ? refuse("superseded")
    : { kind: "accept" };
}

function behindFence(era: number, sequence: number, newest: number, shelf: Shelf): boolean {
  // Era 0 means "none": nothing can be signed in it, also where nothing was granted yet.
  if (era === 0 || era > newest) return true;
  if (era === newest) return false;
  const limit = shelf.limitOf(era);
  return limit === undefined || sequence > limit;
}
