import { TypedDataEncoder, verifyTypedData, Wallet } from "ethers";
import { signerFor } from "../../agent/attest/signer.ts";
import { signerOf } from "../../coordinator/verify/signature.ts";
import {
  ATTESTATION_TYPES,
  type Attestation,
  type DeviceRow,
  digestOf,
  KNOWN,
} from "../../proto/attestation.ts";
import { fromHex, type Hex, ZERO_32 } from "../../proto/hex.ts";
import { DOMAIN, sealFor } from "../../proto/typed-data.ts";
import { decodeAttestation, encodeAttestation } from "../../proto/wire.ts";
import { type Rate, ratesOf } from "./rates.ts";

const DEVICES = 12;
const COUNT = 64;
const CHAIN_ID = 1n;
const KEY: Hex = `0x${"42".repeat(32)}`;
const TYPES = Object.fromEntries(
  Object.entries(ATTESTATION_TYPES).map(([name, fields]) => [
    name,
    fields.map(([type, field]) => ({ name: field, type })),
  ]),
);

function row(n: number, window: number): DeviceRow {
  return {
    id: `gpu:${n.toString(16).padStart(32, "0")}`,
    algorithm: "kawpow",
    known: KNOWN.hashes | KNOWN.energy | KNOWN.temperature | KNOWN.accepted | KNOWN.rejected,
    hashes: 18_000_000_000n + BigInt(n * 1000 + window),
    observedMilliseconds: 600_000,
    samples: 60,
    energyJoules: 72_000n + BigInt(n),
    powerSource: 2,
    maxTemperatureMilliCelsius: 63_000 + n,
    sharesAccepted: 40n,
    sharesRejected: 1n,
    shareWork: 0n,
    doubts: 0,
  };
}

/** Attestations of twelve devices as a rig makes them: the ids stay, the figures change from window to window. */
function attestations(rig: Hex): Attestation[] {
  return Array.from({ length: COUNT }, (_, i) => ({
    rig,
    key: rig,
    coordinator: rig,
    era: 1_800_000_000,
    sequence: BigInt(i),
    previous: ZERO_32,
    windowStart: 1_800_000_000n + BigInt(i) * 600n,
    windowEnd: 1_800_000_600n + BigInt(i) * 600n,
    flags: 0,
    beacon: ZERO_32,
    samplesRoot: ZERO_32,
    evidenceRoot: ZERO_32,
    devices: Array.from({ length: DEVICES }, (_unused, n) => row(n, i)),
  }));
}

/** Digest, signature and check of attestations of twelve devices, ours beside ethers' own in the same run. */
export function measureCrypto(): Rate[] {
  const wallet = new Wallet(KEY);
  const signer = signerFor(fromHex(KEY));
  if (signer === undefined) throw new Error("the key of the benchmark is no key");
  const seal = sealFor(CHAIN_ID);
  const domain = { ...DOMAIN, chainId: CHAIN_ID };
  const all = attestations(signer.address);
  const signatures = all.map((attestation) => signer.sign(digestOf(seal, attestation)));
  const bodies = all.map((attestation, i) =>
    encodeAttestation({ attestation, signature: signatures[i] as Hex }),
  );
  const at = (i: number): Attestation => all[i % COUNT] as Attestation;
  const signatureAt = (i: number): Hex => signatures[i % COUNT] as Hex;
  return ratesOf({
    "decode from protobuf": (i) => void decodeAttestation(bodies[i % COUNT] as Uint8Array),
    digest: (i) => void digestOf(seal, at(i)),
    "digest by ethers": (i) => void TypedDataEncoder.hash(domain, TYPES, at(i)),
    "sign (noble, what a rig does once a window)": (i) => void signer.sign(at(i).samplesRoot),
    "recover the signer (libsecp256k1)": (i) => void signerOf(ZERO_32, signatureAt(i)),
    "verify: digest and recover": (i) => {
      if (signerOf(digestOf(seal, at(i)), signatureAt(i)) !== signer.address)
        throw new Error("not verified");
    },
    "verify by ethers.verifyTypedData": (i) => {
      if (verifyTypedData(domain, TYPES, at(i), signatureAt(i)) !== wallet.address)
        throw new Error("not verified");
    },
  });
}
