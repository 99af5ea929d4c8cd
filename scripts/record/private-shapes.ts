import { isIPv4, isIPv6 } from "node:net";
import type { MadeUp } from "./made-up.ts";
import { isRelease } from "./private-names.ts";

/** A login before an `@` may hold what else would end an address. */
const URLS = /\b[a-z][a-z0-9+.-]{1,20}:(?:\\?\/){2}(?:[^\s"'<>|@]*@)?[^\s"'<>|;,]*/gi;
const MAC = /\b[0-9a-f]{2}([:-])(?:\s?[0-9a-f]{2}\1){4}\s?[0-9a-f]{2}\b/gi;
const UUID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi;
const JWT = /\beyJ[\w-]{8,}(?:\.[\w-]*){1,2}/g;
/** Mail, and a login before a host. */
const EMAIL = /(?<![\w.+-])(?:[\w.+-]{1,64}:)?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g;
/** A worker or an address of mail often stands behind a wallet. */
const BEHIND = String.raw`(?:[./+:][^\s"',;|&<>\\]+)?`;
const WALLETS: readonly RegExp[] = [
  String.raw`\b0x[0-9a-fA-F]{40,64}\b`,
  String.raw`\b[a-z]{2,12}:[02-9ac-hj-np-z]{38,}\b`,
  String.raw`\b(?:[a-z]{2,10}1[02-9ac-hj-np-z]{25,90}|(?:bc|tb|ltc)1[0-9a-z]{25,90})\b`,
  // Base58 as most chains have it: long, and of capitals, small letters and digits.
  String.raw`\b(?=[A-Za-z]*\d)(?=[a-z\d]*[A-Z])(?=[A-Z\d]*[a-z])[1-9A-HJ-NP-Za-km-z]{26,110}\b(?!"\s*:)`,
  String.raw`\b(?:ak|nano|xrb)_[0-9A-Za-z]{30,}\b`,
].map((wallet) => new RegExp(wallet + BEHIND, "g"));
const IPV4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)/g;
const IPV6 = /(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:.])/gi;
const HOST = /(?<![\w.@/-])(?:[a-z0-9_-]+\.)+[a-z]{2,}(?=:\d{2,5}(?!\d))/gi;
const OWN_NAME = /["']?([A-Za-z][\w .-]*)["']?\s*[:=]\s*["']?$/;

/** Replaces what is private by its look alone, wherever it stands: addresses, wallets, tokens. */
export function strikeShapes(text: string, made: MadeUp): string {
  let struck = text
    .replaceAll(URLS, (url) => made.place(url))
    .replaceAll(UUID, (uuid) => made.secret(uuid))
    .replaceAll(JWT, (token) => made.word(token))
    .replaceAll(EMAIL, (email) => (/@[\w.-]*\.example$/.test(email) ? email : made.word(email)))
    .replaceAll(MAC, (mac) => made.mac(mac))
    .replaceAll(HOST, (host) => made.host(host))
    .replaceAll(IPV6, (address) => (isIPv6(address) ? made.ipv6(address) : address))
    .replaceAll(IPV4, (address, at: number, all: string) =>
      isIPv4(address) && isAddress(address, at, all) ? made.ipv4(address) : address,
    );
  for (const wallet of WALLETS) struck = struck.replaceAll(wallet, (found) => made.wallet(found));
  return struck;
}

/** Four numbers may be a release: where their name says so, or where the first is small and they are a part of a text. */
function isAddress(address: string, at: number, all: string): boolean {
  if (/^:\d/.test(all.slice(at + address.length, at + address.length + 2))) return true;
  if (/^(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\./.test(address)) return true;
  const before = all.slice(Math.max(0, at - 80), at);
  const name = OWN_NAME.exec(before)?.[1];
  if (name !== undefined && isRelease(name)) return false;
  const isWhole =
    /["'=>]$/.test(before) && /^(?:["'<;,|&\s]|$)/.test(all.slice(at + address.length));
  return isWhole || Number(address.split(".")[0]) >= 10;
}
