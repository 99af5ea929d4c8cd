import { createKeccak } from "hash-wasm";
import { type Hex, toHex } from "./hex.ts";

// One hasher for the process: it is synchronous from here on, and every use is init → update → digest without a pause.
const hasher = await createKeccak(256);

/** keccak256 of some bytes, as 32 bytes. WebAssembly; about eight times the speed of a JavaScript one on short inputs. */
export function keccakBytes(bytes: Uint8Array): Uint8Array {
  return hasher.init().update(bytes).digest("binary");
}

/** keccak256 of bytes or of the UTF-8 of a string, as hex. */
export function keccak(input: Uint8Array | string): Hex {
  return toHex(keccakBytes(typeof input === "string" ? Buffer.from(input, "utf8") : input));
}
