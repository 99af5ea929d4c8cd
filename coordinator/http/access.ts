import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/** Who may ask for what is not public. */
export interface AccessRules {
  readonly operatorToken: string;
  /** Whether a read from this machine needs no token. Not where a proxy stands in front: all it passes on is local. */
  readonly trustsLoopback: boolean;
}

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

function isLoopbackAddress(address: string): boolean {
  const plain = address.replace(/^\[|\]$/g, "").replace(/^::ffff:/i, "");
  return plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}

// A page of a stranger can make a browser ask here under the stranger's own name: the name tells (DNS rebinding).
function isLoopbackHost(host: string | undefined): boolean {
  const name = (host ?? "").replace(/:\d{1,5}$/, "").toLowerCase();
  return name === "localhost" || isLoopbackAddress(name);
}

const PROXY_HEADERS = ["forwarded", "x-forwarded-for", "x-real-ip", "via"] as const;

function hasToken({ headers }: IncomingMessage, operatorToken: string): boolean {
  const given = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(headers.authorization ?? "")?.[1];
  return given !== undefined && timingSafeEqual(sha256(given), sha256(operatorToken));
}

/** True when a request may see what is not public: with the operator's token, or from this very machine. */
export function mayOperate(request: IncomingMessage, rules: AccessRules): boolean {
  if (hasToken(request, rules.operatorToken)) return true;
  const { headers, socket } = request;
  // A wrong token is a mistake that should show, also on this machine.
  if (!rules.trustsLoopback || headers.authorization !== undefined) return false;
  if (PROXY_HEADERS.some((name) => headers[name] !== undefined)) return false;
  return isLoopbackAddress(socket.remoteAddress ?? "") && isLoopbackHost(headers.host);
}
