import { isIPv4, isIPv6 } from "node:net";

const NOTHING =
  /^(?:[0:.-]*|x{3,}|null|none|nan|n\/a|unknown?|true|false|yes|no|on|off|localhost|undefined|not set|redacted|\[redacted\]|default string|to be filled by o\.?e\.?m\.?|system serial number|not specified)$/i;
/** What makers name all of theirs, which is nobody's own. */
const MAKE =
  /^(?:antminer|avalon|bitaxe|blackminer|goldshell|iceriver|nerdq?axe|volcminer|whatsminer)(?:[ _-]?[a-z]{0,2}\d{1,3}[a-z+]{0,3})?$/i;
/** Long numbers of base 16, such as UUIDs. */
const HEX = /^[0-9a-f]{12,64}$/i;
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;
/** Separated, or twelve digits of base 16 alone. */
const MAC = /^(?:[0-9a-f]{2}([:-])(?:\s?[0-9a-f]{2}\1){4}\s?[0-9a-f]{2}|[0-9a-f]{12})$/i;
const URL_LIKE = /^([a-z][\w+.-]*:(?:\\?\/){2})(.*)$/is;
/** What JSON writes for line ends and zeros behind a value. */
const TAIL = /(?:\\[nrt]|\\u0000|[\s\0])*$/;
/** A place on a bus: `0:3`, `0000:0a:00.0`. */
const BUS = /^[0-9a-f]{1,4}(?::[0-9a-f]{1,2}){0,2}(?:\.\d)?$/i;

/** True where a text says nothing about anybody: empty, zero, `none`. */
export function saysNothing(text: string): boolean {
  return NOTHING.test(text.trim());
}

/** True where a host is called as its maker calls all of them. */
export function isMakersName(text: string): boolean {
  return MAKE.test(text);
}

/** True where a text is a number and nothing else. */
export function isNumber(text: string): boolean {
  return NUMBER.test(text.trim());
}

/** Values made up in place of private ones: the same for the same, in the same form. */
export class MadeUp {
  readonly #made = new Map<string, string>();
  readonly #out = new Set<string>();
  readonly #counts = new Map<string, number>();

  /** In place of a whole value that its name calls private. */
  secret(value: string): string {
    const tail = TAIL.exec(value)?.[0] ?? "";
    const body = value.slice(0, value.length - tail.length);
    if (saysNothing(body)) return value;
    if (MAC.test(body)) return this.mac(body) + tail;
    const prefix = /^(?:GPU|MIG)-(?=[0-9a-f-]{36}$)/i.exec(body)?.[0] ?? "";
    const rest = body.slice(prefix.length);
    if (HEX.test(rest.replaceAll("-", ""))) return prefix + this.hex(rest) + tail;
    return this.word(body) + tail;
  }

  /** In place of a number that its name calls private. */
  number(value: string): string {
    return saysNothing(value) ? value : this.#swap(value, "number", (n) => `${900_000_000 + n}`);
  }

  word(value: string): string {
    return this.#swap(value, "struck-out", (n) => `struck-out-${n}`);
  }

  hex(value: string): string {
    return this.#swap(value, "hex", (n) => hexLike(value, n));
  }

  wallet(value: string): string {
    return this.#swap(value, "wallet", (n) => `wallet-${n}`);
  }

  mac(value: string): string {
    return this.#swap(value, "mac", (n) => macLike(value, n));
  }

  ipv4(value: string): string {
    if (/^(?:127|0|255)\./.test(value)) return value;
    return this.#swap(value, "ip", (n) => `192.0.2.${1 + ((n - 1) % 254)}`);
  }

  ipv6(value: string): string {
    if (/^[0:]*1?$/.test(value)) return value;
    return this.#swap(value, "ipv6", (n) => `2001:db8::${n.toString(16)}`);
  }

  /** In place of where something is: hosts, addresses and URLs, one or a list; its ports stay. */
  place(value: string): string {
    if (value.includes("@") || !/[;,\s]/.test(value)) return this.#onePlace(value);
    return value
      .split(/([;,\s]+)/)
      .map((piece, at) => (at % 2 === 0 ? this.#onePlace(piece) : piece))
      .join("");
  }

  #onePlace(value: string): string {
    if (saysNothing(value) || isNumber(value) || BUS.test(value)) return value;
    const url = URL_LIKE.exec(value);
    if (url === null) return this.#authority(value);
    const [, scheme = "", rest = ""] = url;
    const at = rest.lastIndexOf("@");
    const user = at < 0 ? "" : `${this.word(rest.slice(0, at))}@`;
    const behind = rest.slice(at + 1);
    const path = /(?:\\?\/|[?#]).*$/s.exec(behind)?.[0] ?? "";
    const host = this.#authority(behind.slice(0, behind.length - path.length));
    const slash = /^\\?\//.exec(path)?.[0] ?? "";
    const said = path.length > slash.length ? this.word(path.slice(slash.length)) : "";
    return `${scheme}${user}${host}${slash}${said}`;
  }

  /** `host`, `host:port`, `user@host:port`. */
  #authority(value: string): string {
    const at = value.lastIndexOf("@");
    if (at >= 0) return `${this.word(value.slice(0, at))}@${this.#authority(value.slice(at + 1))}`;
    const port = /:\d{1,5}$/.exec(value)?.[0] ?? "";
    const [whole, host] = [value, value.slice(0, value.length - port.length)];
    if (whole === "" || saysNothing(host)) return whole;
    if (isIPv6(whole)) return this.ipv6(whole);
    if (isIPv6(host.replace(/^\[|\]$/g, ""))) return `[${this.ipv6(host.slice(1, -1))}]${port}`;
    if (isIPv4(host)) return this.ipv4(host) + port;
    return /^[\w-]+(?:\.[\w-]+)+$/.test(host) || port !== ""
      ? this.host(host) + port
      : this.word(whole);
  }

  host(value: string): string {
    return this.#swap(value, "host", (n) => (n === 1 ? "pool.example" : `pool-${n}.example`));
  }

  /** What was made up stays, wherever it is met again. */
  #swap(value: string, kind: string, make: (n: number) => string): string {
    if (this.#out.has(value)) return value;
    const known = this.#made.get(value);
    if (known !== undefined) return known;
    const n = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, n);
    const made = make(n);
    this.#made.set(value, made);
    this.#out.add(made);
    return made;
  }
}

/** As long, and with its dashes where they were. */
function hexLike(value: string, n: number): string {
  const digits = value.replaceAll("-", "").length;
  const made = [..."5e", ...n.toString(16).padStart(digits - 2, "0")];
  const written = value.replaceAll(/[0-9a-f]/gi, () => made.shift() ?? "0");
  return value === value.toUpperCase() ? written.toUpperCase() : written;
}

function macLike(mac: string, n: number): string {
  const separator = /[:-]/.exec(mac)?.[0] ?? "";
  const end = [n >> 8, n].map((part) => (part & 0xff).toString(16).padStart(2, "0"));
  const made = ["02", "00", "5e", "00", ...(n > 255 ? end : ["53", end[1]])].join(separator);
  return mac === mac.toUpperCase() ? made.toUpperCase() : made;
}
