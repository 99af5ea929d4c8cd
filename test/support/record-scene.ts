import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { addRig } from "../../coordinator/fleet/rigs.ts";
import { LEDGER_FILE, type Ledger, openLedger } from "../../coordinator/ledger/open.ts";
import type { Log } from "../../coordinator/ports.ts";
import { addAllocation } from "../../coordinator/record/allocations.ts";
import type { RecordRules } from "../../coordinator/record/close.ts";
import { createSigner, type Signer, signerOf } from "../../coordinator/verify/signature.ts";
import { type Attestation, type DeviceRow, digestOf, KNOWN } from "../../proto/attestation.ts";
import { type Hex, toHex, ZERO_32 } from "../../proto/hex.ts";
import { type Allocation, messageDigest } from "../../proto/messages.ts";
import { type Seal, sealFor } from "../../proto/typed-data.ts";
import { encodeAttestation } from "../../proto/wire.ts";

export const COLLECTION: Hex = `0x${"c0".repeat(20)}`;
/** A day in the past on every grid: 2026-01-05 00:00 UTC. */
export const DAY = 1_767_571_200;
export const GPU_A = `gpu:${"a".repeat(32)}`;
export const GPU_B = `gpu:${"b".repeat(32)}`;

/** A log that keeps what was said to it. */
export function quietLog(said: string[] = []): Log {
  const say =
    (level: string) =>
    (message: string): void => {
      said.push(`${level}: ${message}`);
    };
  return {
    error: say("error"),
    warn: say("warn"),
    info: say("info"),
    debug: say("debug"),
    child: () => quietLog(said),
  };
}

/** A device row in which everything is known, or what is given instead. */
export function deviceRow(over: Partial<DeviceRow> = {}): DeviceRow {
  return {
    id: GPU_A,
    algorithm: "kawpow",
    known: KNOWN.hashes | KNOWN.energy | KNOWN.accepted | KNOWN.rejected | KNOWN.work,
    hashes: 1_000_003n,
    observedMilliseconds: 60_000,
    samples: 6,
    energyJoules: 12_001n,
    powerSource: 1,
    maxTemperatureMilliCelsius: 0,
    sharesAccepted: 20n,
    sharesRejected: 0n,
    shareWork: 1_000_000n,
    doubts: 0,
    ...over,
  };
}

/** A rig with keys of its own that attests straight into a ledger, as intake would commit it. */
export interface SceneRig {
  readonly signer: Signer;
  readonly owner: Signer;
  /** Attests a window; answers its digest. */
  attest(window: Partial<Attestation> & { windowStart: bigint }, receivedAt?: number): Hex;
  /** Asks for a fraction of the rig. */
  allocate(
    over: Partial<Allocation> & { tokenId: bigint; fromTime: bigint; toTime: bigint },
    now?: number,
    by?: Signer,
  ): ReturnType<typeof addAllocation>;
}

/** A ledger in a directory with a coordinator's key, to which rigs can be added. */
export interface Scene {
  readonly db: Ledger;
  readonly file: string;
  readonly seal: Seal;
  readonly coordinator: Signer;
  readonly rules: RecordRules;
  rig(name?: string): SceneRig;
}

const newSigner = (): Signer => createSigner(randomBytes(32));

/** Opens a scene: windows of a minute, epochs of ten, a minute of grace. */
export function openScene(directory: string, over: Partial<RecordRules> = {}): Scene {
  const file = join(directory, LEDGER_FILE);
  const db = openLedger(file);
  const seal = sealFor(1n);
  const coordinator = newSigner();
  const rules = { windowSeconds: 60, epochSeconds: 600, graceSeconds: 60, ...over };
  const scene = { db, file, seal, coordinator, rules };
  return { ...scene, rig: (name = "garage") => createSceneRig(scene, name) };
}

/** Adds a rig to a scene. */
export function createSceneRig(
  { db, seal, coordinator, rules }: Omit<Scene, "rig">,
  name: string,
): SceneRig {
  const signer = newSigner();
  const owner = newSigner();
  addRig(db, {
    rig: signer.address,
    owner: owner.address,
    name,
    loginHash: "none",
    addedAt: DAY,
  });
  let sequence = 0n;
  let previous: Hex = ZERO_32;
  return {
    signer,
    owner,
    attest(window, receivedAt) {
      const length = BigInt(rules.windowSeconds);
      const attestation: Attestation = {
        rig: signer.address,
        key: signer.address,
        coordinator: coordinator.address,
        era: 1,
        sequence,
        previous,
        windowEnd: window.windowStart + length,
        flags: 0,
        beacon: ZERO_32,
        samplesRoot: toHex(randomBytes(32)),
        evidenceRoot: ZERO_32,
        devices: [deviceRow()],
        ...window,
      };
      const digest = digestOf(seal, attestation);
      const at = receivedAt ?? Number(window.windowStart + length) + 5;
      commit(db, seal, coordinator, attestation, digest, signer.sign(digest), at);
      sequence = attestation.sequence + 1n;
      previous = digest;
      return digest;
    },
    allocate(over, now = DAY, by = owner) {
      const message: Allocation = {
        owner: owner.address,
        rig: signer.address,
        device: "",
        algorithm: "",
        collection: COLLECTION,
        numerator: 1n,
        denominator: 1n,
        promisedHashrate: 0n,
        ...over,
      };
      const signature = by.sign(messageDigest(seal, "Allocation", message));
      return addAllocation({ db, rules, seal, signerOf, now }, { message, signature });
    },
  };
}

function commit(
  db: Ledger,
  seal: Seal,
  coordinator: Signer,
  attestation: Attestation,
  digest: Hex,
  signature: Hex,
  receivedAt: number,
): void {
  const { rig, era, sequence, previous, windowStart, windowEnd, flags } = attestation;
  const beacon = toHex(randomBytes(32));
  const receipt = { rig, era, sequence, digest, receivedAt: BigInt(receivedAt), beacon };
  db.prepare(
    `INSERT INTO attestations (rig, era, sequence, digest, previous, window_start, window_end, flags, body,
       received_at, receipt_beacon, receipt_signature) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    rig,
    era,
    sequence,
    digest,
    previous,
    windowStart,
    windowEnd,
    flags,
    encodeAttestation({ attestation, signature }),
    receivedAt,
    beacon,
    coordinator.sign(messageDigest(seal, "Receipt", receipt)),
  );
}
