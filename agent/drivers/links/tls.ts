import { isIP } from "node:net";
import {
  connect,
  createSecureContext,
  getCACertificates,
  type SecureContext,
  type TLSSocket,
} from "node:tls";
import { RigError } from "../../core/errors.ts";
import { parseFingerprint } from "../../core/fingerprint.ts";
import { believe, type Trust } from "./pins.ts";

let shared: SecureContext | undefined;

/** The authorities that Node brings along and those of this system. Made once: it takes long and much memory. */
function authorities(): SecureContext {
  shared ??= createSecureContext({
    ca: [...new Set([...getCACertificates("default"), ...getCACertificates("system")])],
  });
  return shared;
}

/**
 * A TLS connection whose certificate is believed; nothing was sent on it yet, so that no login goes to somebody else.
 * Sessions are not resumed: a resumed one shows no certificate. Throws `driver-auth`, `driver-garbled` where no TLS is
 * spoken, or the socket's own fault.
 */
export async function connectTls(
  { host, port }: { readonly host: string; readonly port: number },
  called: string,
  trust: Trust,
  signal: AbortSignal,
): Promise<TLSSocket> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({
    host,
    port,
    servername: isIP(host) === 0 ? host : "",
    secureContext: authorities(),
    // Whether a certificate is believed is decided below, not by the authorities alone.
    rejectUnauthorized: false,
    ALPNProtocols: ["http/1.1"],
  });
  const stop = (): void => void socket.destroy(signal.reason as Error);
  signal.addEventListener("abort", stop, { once: true });
  socket.on("error", (fault) => reject(withoutTls(fault, called)));
  socket.once("secureConnect", resolve);
  try {
    await promise;
    signal.throwIfAborted();
    believe(called, { fingerprint: shownBy(socket, called), vouched: socket.authorized }, trust);
    return socket;
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function shownBy(socket: TLSSocket, called: string): string {
  const fingerprint = parseFingerprint(socket.getPeerX509Certificate()?.fingerprint256 ?? "");
  if (fingerprint !== undefined) return fingerprint;
  throw new RigError("driver-auth", `${called} shows no TLS certificate`, { address: called });
}

function withoutTls(fault: Error, called: string): Error {
  const { code = "" } = fault as NodeJS.ErrnoException;
  if (!/^(EPROTO|ERR_SSL_\w+|ERR_TLS_\w+)$/.test(code)) return fault;
  return new RigError(
    "driver-garbled",
    `${called} speaks no TLS that is understood here (${code})`,
    { address: called, code },
    { cause: fault },
  );
}
