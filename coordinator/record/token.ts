import { asAddress, type Hex } from "../../proto/hex.ts";

/** An NFT of the chain that this coordinator keeps records for. */
export interface Token {
  readonly collection: Hex;
  readonly tokenId: bigint;
}

const MAX_UINT256 = (1n << 256n) - 1n;

/** One text per token, for maps. */
export function tokenKey({ collection, tokenId }: Token): string {
  return `${collection}:${tokenId}`;
}

/** Order of tokens: by token id, then by collection. Negative, zero or positive. */
export function compareTokens(a: Token, b: Token): number {
  if (a.tokenId !== b.tokenId) return a.tokenId < b.tokenId ? -1 : 1;
  if (a.collection === b.collection) return 0;
  return a.collection < b.collection ? -1 : 1;
}

/** A decimal uint256 without sign or leading zeros; undefined for anything else. */
export function parseUint256(text: string): bigint | undefined {
  if (!/^(0|[1-9]\d{0,77})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value <= MAX_UINT256 ? value : undefined;
}

/** A token as its contract address and decimal id are written in paths; undefined where one of them is not. */
export function parseToken(collection: string, tokenId: string): Token | undefined {
  const id = parseUint256(tokenId);
  if (id === undefined || !/^0x[0-9a-fA-F]{40}$/.test(collection)) return undefined;
  return { collection: asAddress(collection), tokenId: id };
}
