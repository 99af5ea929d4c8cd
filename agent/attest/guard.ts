import { type Attestation, digestOf, FLAG, type Statement } from "../../proto/attestation.ts";
import { type Hex, ZERO_32 } from "../../proto/hex.ts";
import type { Seal } from "../../proto/typed-data.ts";
import { decodeAttestation, encodeAttestation } from "../../proto/wire.ts";
import { RigError } from "../core/errors.ts";

interface Head {
  readonly sequence: bigint;
  readonly digest: Hex;
}

interface Place {
  readonly era: number;
  readonly sequence: bigint;
  readonly digest: Hex;
  readonly body: Uint8Array;
}

/** The part of the store that the guard writes; `reserve` is one transaction that is on the disk when it returns. */
interface GuardedChain {
  reserve(
    window: { readonly start: bigint; readonly end: bigint },
    build: (tip: Head | undefined, afterLoss: boolean) => Place,
  ): Place;
  attachSignature(digest: Hex, signature: Hex, body: Uint8Array): void;
  unsigned(): Place[];
}

export interface GuardOptions {
  readonly chain: GuardedChain;
  readonly seal: Seal;
  readonly rig: Hex;
  readonly coordinator: Hex;
  /** The key: its address, and 65 bytes of signature for a digest. */
  readonly signer: { readonly address: Hex; sign(digest: Hex): Hex };
}

const UNSIGNED: Hex = `0x${"0".repeat(130)}`;

/**
 * Lets nothing be signed twice (section 4.5 of docs/attestation.md): a statement gets its place in one transaction, and
 * only what is on the disk is signed. A crash between the two is mended by signing the same bytes again.
 */
export class Guard {
  readonly #options: GuardOptions;

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  /** Signs what a crash left with a place and without a signature, as it is. Answers how many. Comes before any hello. */
  finish(): number {
    const { chain, seal } = this.#options;
    const left = chain.unsigned();
    for (const { body, digest, sequence } of left) {
      const { attestation } = decodeAttestation(body);
      if (digestOf(seal, attestation) !== digest) {
        throw new RigError("store-failed", "a stored attestation does not match its digest", {
          sequence,
          digest,
        });
      }
      if (attestation.key !== this.#options.signer.address) {
        throw new RigError("store-other-rig", "a stored attestation is of another key", {
          sequence,
        });
      }
      this.#sign(attestation, digest);
    }
    return left.length;
  }

  /** Gives a statement its place and signature. Throws `attest-no-era`, `attest-window-signed`. */
  attest(statement: Statement, era: number, beacon: Hex): { sequence: bigint; digest: Hex } {
    if (era === 0) {
      throw new RigError("attest-no-era", "nothing is signed before an era is granted");
    }
    // Also what a full disk left without its signature: nothing may come after it before it can be sent.
    this.finish();
    const { chain, seal, rig, coordinator, signer } = this.#options;
    let attestation: Attestation | undefined;
    const place = chain.reserve(
      { start: statement.windowStart, end: statement.windowEnd },
      (tip, afterLoss) => {
        attestation = {
          ...statement,
          flags: afterLoss ? statement.flags | FLAG.afterLoss : statement.flags,
          rig,
          key: signer.address,
          coordinator,
          era,
          sequence: tip === undefined ? 0n : tip.sequence + 1n,
          previous: tip?.digest ?? ZERO_32,
          beacon,
        };
        const digest = digestOf(seal, attestation);
        return {
          era,
          sequence: attestation.sequence,
          digest,
          body: encodeAttestation({ attestation, signature: UNSIGNED }),
        };
      },
    );
    this.#sign(attestation as Attestation, place.digest);
    return { sequence: place.sequence, digest: place.digest };
  }

  #sign(attestation: Attestation, digest: Hex): void {
    const signature = this.#options.signer.sign(digest);
    this.#options.chain.attachSignature(
      digest,
      signature,
      encodeAttestation({ attestation, signature }),
    );
  }
}
