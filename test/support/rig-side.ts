import { randomBytes } from "node:crypto";
import { type HDNodeWallet, Wallet } from "ethers";
import { ATTESTATION_TYPES, type Attestation } from "../../proto/attestation.ts";
import { type Hex, toHex, ZERO_32 } from "../../proto/hex.ts";
import { type Hello, MESSAGE_TYPES } from "../../proto/messages.ts";
import { DOMAIN } from "../../proto/typed-data.ts";
import { encodeAttestation, encodeHello } from "../../proto/wire.ts";

type Types = Record<string, { type: string; name: string }[]>;

/** Field tables of proto as ethers wants them. */
function ethersTypes(
  table: Readonly<Record<string, readonly (readonly [string, string])[]>>,
  names: readonly string[],
): Types {
  return Object.fromEntries(
    names.map((name) => [
      name,
      (table[name] ?? []).map(([type, field]) => ({ type, name: field })),
    ]),
  );
}

export const CHAIN_ID = 31_337n;
const domain = { ...DOMAIN, chainId: CHAIN_ID };
const attestationTypes = ethersTypes(ATTESTATION_TYPES, ["Attestation", "Device"]);
const helloTypes = ethersTypes(MESSAGE_TYPES, ["Hello", "EraHead"]);

export const random32 = (): Hex => toHex(randomBytes(32));

/** A rig whose messages are digested and signed by ethers alone. */
export class RigSide {
  readonly wallet: Wallet | HDNodeWallet;
  readonly rig: Hex;
  readonly coordinator: Hex;
  instance: Hex = random32();

  constructor(coordinator: Hex, wallet: Wallet | HDNodeWallet = Wallet.createRandom()) {
    this.wallet = wallet;
    this.rig = wallet.address.toLowerCase() as Hex;
    this.coordinator = coordinator;
  }

  /** An attestation of one device; window n of the 10 s grid for sequence n. */
  attestation(over: Partial<Attestation> = {}): Attestation {
    const sequence = over.sequence ?? 0n;
    const windowStart = 1_700_000_000n + sequence * 10n;
    return {
      rig: this.rig,
      key: this.rig,
      coordinator: this.coordinator,
      era: 1,
      sequence,
      previous: ZERO_32,
      windowStart,
      windowEnd: windowStart + 10n,
      flags: 0,
      beacon: ZERO_32,
      samplesRoot: toHex(Buffer.alloc(32, 7)),
      evidenceRoot: ZERO_32,
      devices: [
        {
          id: `gpu:${"ab".repeat(16)}`,
          algorithm: "kawpow",
          known: 63,
          hashes: 123_456_789_012n,
          observedMilliseconds: 9_900,
          samples: 5,
          energyJoules: 2_500n,
          powerSource: 2,
          maxTemperatureMilliCelsius: 61_500,
          sharesAccepted: 3n,
          sharesRejected: 1n,
          shareWork: 120_000_000_000n,
          doubts: 0,
        },
      ],
      ...over,
    };
  }

  async signature(attestation: Attestation): Promise<Hex> {
    return (await this.wallet.signTypedData(domain, attestationTypes, attestation)) as Hex;
  }

  async signed(over: Partial<Attestation> = {}): Promise<Uint8Array> {
    const attestation = this.attestation(over);
    return encodeAttestation({ attestation, signature: await this.signature(attestation) });
  }

  hello(over: Partial<Hello> = {}): Hello {
    return {
      rig: this.rig,
      key: this.rig,
      coordinator: this.coordinator,
      instance: this.instance,
      era: 0,
      newestEra: 0,
      base: ZERO_32,
      signed: [],
      challenge: random32(),
      ...over,
    };
  }

  async signedHello(over: Partial<Hello> = {}): Promise<Uint8Array> {
    const message = this.hello(over);
    const signature = (await this.wallet.signTypedData(domain, helloTypes, message)) as Hex;
    return encodeHello({ message, signature });
  }
}
