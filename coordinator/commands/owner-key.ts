import { readFileSync, statSync } from "node:fs";
import { TypedDataEncoder, type TypedDataField } from "ethers/hash";
import { Wallet } from "ethers/wallet";
import type { Hex } from "../../proto/hex.ts";
import { type Allocation, MESSAGE_TYPES } from "../../proto/messages.ts";
import { DOMAIN } from "../../proto/typed-data.ts";
import { CoordinatorError } from "../errors.ts";

const TYPES: Record<string, TypedDataField[]> = {
  Allocation: MESSAGE_TYPES.Allocation.map(([type, name]) => ({ type, name })),
};
const MOST_BYTES = 1 << 16;

function readPrivate(file: string): string {
  try {
    const { mode, size } = statSync(file);
    if ((mode & 0o077) !== 0) throw new RangeError("others may read it; chmod 600 it");
    if (size > MOST_BYTES) throw new RangeError("it is over 64 KiB");
    return readFileSync(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CoordinatorError("argument-invalid", `${file} cannot be used: ${why}`, { cause });
  }
}

/** What an owner's wallet is to sign for an allocation, as the JSON that `eth_signTypedData_v4` takes. */
export function allocationPayload(chainId: bigint, allocation: Allocation): object {
  return TypedDataEncoder.getPayload({ ...DOMAIN, chainId }, TYPES, allocation) as object;
}

/** Somebody who signs allocations. */
export interface OwnerKey {
  readonly address: Hex;
  sign(chainId: bigint, allocation: Allocation): Promise<Hex>;
}

/** Opens an owner's keystore (version 3). Throws a CoordinatorError where file or passphrase do not fit. */
export async function openOwnerKey(file: string, passphraseFile: string): Promise<OwnerKey> {
  const text = readPrivate(file);
  const passphrase = readPrivate(passphraseFile).replace(/\r?\n$/, "");
  const wallet = await Wallet.fromEncryptedJson(text, passphrase).catch((cause: unknown) => {
    // The cause of ethers quotes what it was given; what it was given is secret.
    const why =
      (cause as { code?: string }).code === "INVALID_ARGUMENT"
        ? "the passphrase or the file"
        : "it";
    throw new CoordinatorError("argument-invalid", `${file} does not open: ${why} is wrong`);
  });
  return {
    address: wallet.address.toLowerCase() as Hex,
    async sign(chainId, allocation) {
      return (await wallet.signTypedData({ ...DOMAIN, chainId }, TYPES, allocation)) as Hex;
    },
  };
}
