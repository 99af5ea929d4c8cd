import { isIPv6 } from "node:net";
import * as z from "zod";
import { asAddress, type Hex, isHex } from "../../proto/hex.ts";
import { keccakBytes } from "../../proto/keccak.ts";
import { parseFingerprint } from "../core/fingerprint.ts";
import { isLoopback, type ListenAddress, parseListen } from "../core/listen.ts";
import { parseDuration, parseSize } from "./units.ts";

type Read<T> = (text: string) => T | { readonly fault: string };

/** A string of the settings file that is read into something else; `pattern` is what editors check it by. */
function readAs<T>(pattern: string, read: Read<T>): z.ZodType<T, string> {
  return z
    .string()
    .meta({ pattern })
    .transform((text, context) => {
      const value = read(text);
      if (typeof value !== "object" || value === null || !("fault" in value)) return value as T;
      context.issues.push({ code: "custom", message: value.fault, input: text });
      return z.NEVER;
    });
}

/** A duration with its unit between two others, read into milliseconds. */
export function duration(least: string, most: string): z.ZodType<number, string> {
  const [leastMs, mostMs] = [parseDuration(least) ?? Number.NaN, parseDuration(most) ?? Number.NaN];
  return readAs<number>("^[0-9]{1,9}(ms|s|m|h|d)$", (text) => {
    const ms = parseDuration(text);
    if (ms === undefined)
      return { fault: `${quote(text)} is no duration; write one such as "${least}"` };
    if (ms >= leastMs && ms <= mostMs) return ms;
    return { fault: `${quote(text)} is outside ${least} to ${most}` };
  });
}

/** A size with its unit between two others, read into bytes. */
export function size(least: string, most: string): z.ZodType<number, string> {
  const [leastBytes, mostBytes] = [parseSize(least) ?? Number.NaN, parseSize(most) ?? Number.NaN];
  return readAs<number>("^[0-9]{1,9}(B|KiB|MiB|GiB|TiB)$", (text) => {
    const bytes = parseSize(text);
    if (bytes === undefined)
      return { fault: `${quote(text)} is no size; write one such as "${least}"` };
    if (bytes >= leastBytes && bytes <= mostBytes) return bytes;
    return { fault: `${quote(text)} is outside ${least} to ${most}` };
  });
}

/** An Ethereum address; where its letters are of both cases, its checksum (EIP-55) is checked. */
export const address = readAs<Hex>("^0x[0-9a-fA-F]{40}$", (text) => {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return { fault: "is no address: 0x and 40 hex digits" };
  const lower = asAddress(text);
  if (text === lower || text === `0x${text.slice(2).toUpperCase()}`) return lower;
  return text === checksummed(lower)
    ? lower
    : { fault: "is an address with a wrong digit: its checksum fails" };
});

/** 32 bytes of hex. */
export const bytes32 = readAs<Hex>("^0x[0-9a-fA-F]{64}$", (text) => {
  const lower = text.toLowerCase();
  return isHex(lower, 32) ? lower : { fault: "is not 0x and 64 hex digits" };
});

/** URL of an MQTT broker, without a login in it. */
export const brokerUrl = readAs<string>("^mqtts?://", (text) => {
  const url = URL.parse(text);
  if (url === null || !/^mqtts?:$/.test(url.protocol) || url.hostname === "") {
    return { fault: "is no broker's URL: mqtt://host:port or mqtts://host:port" };
  }
  if (url.username !== "" || url.password !== "") {
    return { fault: "holds a login; write it as username and password_file" };
  }
  if (!/^\/?$/.test(url.pathname) || url.search !== "" || url.hash !== "") {
    return { fault: "is a URL with a path; a broker has only a host and a port" };
  }
  return text;
});

/** Where the status endpoint listens: loopback and nothing else. */
export const loopbackListen = readAs<ListenAddress>("^.+:[0-9]{1,5}$", (text) => {
  const listen = parseListen(text);
  if (listen === undefined) return { fault: `${quote(text)} is not host:port` };
  if (isLoopback(listen.host)) return listen;
  return {
    fault: `${quote(text)} can be reached from outside; only loopback such as 127.0.0.1:9595 is served`,
  };
});

/** Host, host:port or http(s) URL of a device, without a login in it. */
export const deviceAddress = readAs<string>("^[^\\s@]+$", (text) => {
  // The text is not repeated: what stands before an @ is a password.
  if (text.includes("@")) return { fault: "holds a login; write it as username and password" };
  if (/^\[?[0-9a-f:.]+%/i.test(text))
    return { fault: "has a zone (%), with which nothing is asked" };
  if (isIPv6(text)) return text;
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  const isHttp = url !== null && /^https?:$/.test(url.protocol) && url.hostname !== "";
  if (!isHttp || /\s/.test(text) || text.length > 200) {
    return { fault: "is no address: host, host:port or URL" };
  }
  return text;
});

/** SHA-256 of a certificate, read into 64 lower-case hex digits. */
export const fingerprint = readAs<string>(
  "^([0-9a-fA-F]{64}|([0-9a-fA-F]{2}:){31}[0-9a-fA-F]{2})$",
  (text) =>
    parseFingerprint(text) ?? {
      fault: "is no SHA-256 fingerprint: 64 hex digits, with or without colons",
    },
);

/** A line of text without control characters. */
export function line(most: number): z.ZodType<string, string> {
  return z
    .string()
    .min(1)
    .max(most)
    .refine((text) => !hasControl(text), "has a line break or control character in it");
}

/** True for text with a line break or another control character, which no header of a request can carry. */
export function hasControl(text: string): boolean {
  return [...text].some((character) => character < " " || character === "\u007f");
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

function checksummed(lower: string): string {
  const digits = lower.slice(2);
  const hash = Buffer.from(keccakBytes(Buffer.from(digits, "ascii"))).toString("hex");
  const cased = [...digits].map((digit, i) =>
    Number.parseInt(hash[i] ?? "0", 16) >= 8 ? digit.toUpperCase() : digit,
  );
  return `0x${cased.join("")}`;
}
