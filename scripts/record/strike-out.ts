/**
 * Replaces what tells a person, a site or a wallet in replies by made-up values, the same value by the same one in all
 * replies of a recording, and touches nothing else: broken JSON stays as broken as it was.
 */
export class StrikeOut {
  readonly #made = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** Bytes that are text come back as text without secrets; others come back empty, since nobody could check them. */
  reply(bytes: Uint8Array): Uint8Array {
    const text = Buffer.from(bytes).toString("utf8");
    if (!Buffer.from(text, "utf8").equals(bytes)) return new Uint8Array();
    return Buffer.from(this.text(text), "utf8");
  }

  text(text: string): string {
    return text
      .replaceAll(SECRET_MEMBER, (_, head: string, value: string) => `${head}${this.#named(value)}`)
      .replaceAll(MAC, (mac) => this.#swap(mac, "mac", (n) => macLike(mac, n)))
      .replaceAll(POOL, (_, scheme: string) => `${scheme}pool.example`)
      .replaceAll(IPV4, (address) =>
        address.startsWith("127.") || VERSION.test(address)
          ? address
          : this.#swap(address, "ip", (n) => `192.0.2.${n % 255}`),
      )
      .replaceAll(WALLET, (wallet) => this.#swap(wallet, "wallet", (n) => `wallet-${n}`));
  }

  /** The value of a member whose name says that it is private; empty and zero ones say nothing. */
  #named(value: string): string {
    return /^(|0|null|none|n\/a)$/i.test(value)
      ? value
      : this.#swap(value, "struck-out", (n) => `struck-out-${n}`);
  }

  #swap(value: string, kind: string, make: (n: number) => string): string {
    if (value.startsWith("struck-out-")) return value;
    const known = this.#made.get(value);
    if (known !== undefined) return known;
    const n = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, n);
    const made = make(n);
    this.#made.set(value, made);
    return made;
  }
}

/** Members of JSON, and `NAME=value` of the text protocols, whose names tell that the value is private. */
const SECRET_MEMBER =
  /((?:"(?:[a-z0-9 _-]*(?:pass|pwd|passwd|token|secret|wallet|ssid|serial|hostname|uuid|email|latitude|longitude)[a-z0-9 _-]*|user|username|worker|worker_id|worker_name|stratumuser|fallbackstratumuser|sn|sno|psusn|ssn|chip_?id|miner_id|user_name|login|account|ipv6|psw)"\s*:\s*")|(?:\b(?:USER|PASS|WORKER|SN|HOSTNAME)=))([^"|,;\r\n]*)/gi;
const MAC = /\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b/gi;
const IPV4 = /\b(?:\d{1,3}\.){3}\d{1,3}\b/g;
/** Four numbers of which the first is small are a release more often than an address that anybody has at home. */
const VERSION = /^(?:[0-9]|0\d)\./;
const POOL = /((?:stratum\d?(?:\+[a-z]+)?|ethproxy|ssl|tcp):\/\/)[^\s"':/|,;]+/gi;
/** Bitcoin, Ethereum and Monero addresses and their like. */
const WALLET =
  /\b(?:0x[0-9a-fA-F]{40}|bc1[0-9a-z]{25,90}|[13][1-9A-HJ-NP-Za-km-z]{25,39}|[48][1-9A-HJ-NP-Za-km-z]{90,110}|kaspa:[0-9a-z]{50,80}|t1[1-9A-HJ-NP-Za-km-z]{33})\b/g;

function macLike(mac: string, n: number): string {
  const separator = mac.charAt(2);
  const made = ["02", "00", "5e", "00", "53", (n % 256).toString(16).padStart(2, "0")].join(
    separator,
  );
  return mac === mac.toUpperCase() ? made.toUpperCase() : made;
}
