import { RigError } from "../core/errors.ts";

/** Where a device is: what an operator wrote, taken apart. */
export interface Address {
  readonly host: string;
  readonly port: number | undefined;
  /** Only where a URL was written. */
  readonly url: URL | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

const HOST_AND_PORT = /^(\[[0-9a-f:.]+\]|[^\s/?#@:[\]\\%]+)(?::(\d{1,5}))?$/i;
const ZONED_IPV6 = /^\[?[0-9a-f:.]*:[0-9a-f:.]*%/i;
const BARE_IPV6 = /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*$/i;

/** Reads a host, host:port or http(s) URL. Throws `settings-invalid`; the message holds no login. */
export function parseAddress(written: string): Address {
  const text = written.trim();
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return fromUrl(text);
  if (ZONED_IPV6.test(text))
    throw new RigError(
      "settings-invalid",
      "an address with a zone (%) is not asked: take one that needs none",
    );
  if (BARE_IPV6.test(text)) return { ...NOTHING, host: checked(text) };
  const [, host = "", digits] = HOST_AND_PORT.exec(text) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  if (host === "" || port === 0 || (port ?? 0) > 65535) throw noAddress();
  return { ...NOTHING, host: checked(host.replace(/^\[|\]$/g, "")), port };
}

/** A host that a URL can be made of, as links do. Throws `settings-invalid`. */
function checked(host: string): string {
  if (!URL.canParse(`http://${hostAndPort(host, 80)}/`)) throw noAddress();
  return host;
}

const NOTHING = { port: undefined, url: undefined, username: undefined, password: undefined };

function noAddress(): RigError {
  return new RigError("settings-invalid", "an address is a host, host:port or an http(s) URL");
}

function fromUrl(text: string): Address {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.hostname === "" ||
    url.port === "0"
  )
    throw noAddress();
  const { username, password } = url;
  url.username = "";
  url.password = "";
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? undefined : Number(url.port),
    url,
    username: decoded(username),
    password: decoded(password),
  };
}

function decoded(part: string): string | undefined {
  if (part === "") return undefined;
  const text = unescaped(part);
  if (hasControl(text))
    throw new RigError("settings-invalid", "the login in an address holds a control character");
  return text;
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A password may hold a % that escapes nothing.
    return part;
  }
}

/** No header can carry such a character. */
function hasControl(text: string): boolean {
  return [...text].some((character) => character < " " || character === "\u007f");
}

/** Host and port in one word, IPv6 in brackets. */
export function hostAndPort(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
