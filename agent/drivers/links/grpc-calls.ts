import type * as Grpc from "@grpc/grpc-js";
import { RigError } from "../../core/errors.ts";
import { MAX_REPLY_BYTES, type Reach } from "./link.ts";
import type { Passes } from "./token-login.ts";

/** What a call came to. A fault is a value here because one that asks for a login may be mended. */
export interface Outcome {
  readonly bytes: Uint8Array;
  /** The metadata that came before the message. */
  readonly said: Grpc.Metadata | undefined;
  readonly fault: RigError | undefined;
}

/** The calls to one place, over one connection that is made when it is first needed and anew after it broke. */
export class Calls {
  readonly #reach: Reach;
  readonly #place: string;
  #client: Grpc.Client | undefined;

  constructor(reach: Reach, place: string) {
    this.#reach = reach;
    this.#place = place;
  }

  /** One call. Throws the signal's reason when that aborts. */
  async put(
    target: string,
    request: Buffer,
    passes: Passes,
    signal: AbortSignal,
  ): Promise<Outcome> {
    // Loaded when the first such device is asked: it takes some megabytes.
    const grpc = await import("@grpc/grpc-js");
    signal.throwIfAborted();
    this.#client ??= clientTo(grpc, this.#place);
    const client = this.#client;
    const metadata = new grpc.Metadata();
    for (const [name, value] of Object.entries(passes)) metadata.set(name, value);
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    let said: Grpc.Metadata | undefined;
    const { clock, timeoutMs, called } = this.#reach;
    const call = client.makeUnaryRequest(
      target,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      request,
      metadata,
      { deadline: clock.wallMs() + timeoutMs },
      (failed, bytes) => {
        const fault = failed === null ? undefined : faultOf(grpc, failed, called, target, said);
        resolve({ bytes: bytes ?? new Uint8Array(), said, fault });
      },
    );
    call.on("metadata", (came) => {
      said = came;
    });
    const cancel = (): void => call.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    try {
      const outcome = await promise;
      const broken = signal.aborted ? signal.reason : outcome.fault;
      // A connection that broke, or died without a word, is not waited for: the next ask makes another.
      if (isBreak(broken) && this.#client === client) this.close();
      signal.throwIfAborted();
      return outcome;
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  }

  /** Lets go of the connection; safe twice. */
  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }
}

function isBreak(fault: unknown): boolean {
  if (!(fault instanceof RigError)) return false;
  return fault.code === "driver-unreachable" || fault.code === "driver-timeout";
}

function clientTo(grpc: typeof Grpc, place: string): Grpc.Client {
  return new grpc.Client(`dns:${place}`, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": MAX_REPLY_BYTES,
    // A device is asked directly, whatever the environment says of proxies, and not twice for one ask.
    "grpc.enable_http_proxy": 0,
    "grpc.enable_retries": 0,
    "grpc.service_config_disable_resolution": 1,
    "grpc.use_local_subchannel_pool": 1,
  });
}

/** What the client itself says of an answer that is none to one request, or none of gRPC. */
const NO_GRPC =
  /^(No message received|Too many responses received|Failed to decompress|Compression method|Received message compressed|Received HTTP status code|Received RST_STREAM.*without gRPC status)/;

/** False where the answer says that it is something else, such as a web page. */
function isGrpc(said: Grpc.Metadata | undefined): boolean {
  const [type] = said?.get("content-type") ?? [];
  return type === undefined || /^application\/grpc\b/i.test(type.toString());
}

/** What a status means. The server's own words are left out: they may repeat the login. */
function faultOf(
  grpc: typeof Grpc,
  { code, details }: Grpc.ServiceError,
  called: string,
  target: string,
  said: Grpc.Metadata | undefined,
): RigError {
  const { status } = grpc;
  const named = status[code] ?? String(code);
  const facts = { address: called, target, status: named };
  if (code === status.UNAUTHENTICATED || code === status.PERMISSION_DENIED)
    return new RigError("driver-auth", `${called} wants another login (gRPC ${named})`, facts);
  // Who takes the connection and then does not speak HTTP/2 is there, and is something else.
  if (code === status.UNAVAILABLE && /Protocol error|Failed to connect|ECONNRESET/.test(details))
    return new RigError("driver-garbled", `${called} speaks no gRPC`, facts);
  if (code === status.UNAVAILABLE)
    return new RigError("driver-unreachable", `${called} cannot be reached (gRPC ${named})`, facts);
  if (code === status.DEADLINE_EXCEEDED)
    return new RigError("driver-timeout", `${called} did not answer in time`, facts);
  if (NO_GRPC.test(details) || !isGrpc(said))
    return new RigError("driver-garbled", `${called} answers what is no gRPC`, facts);
  // Said by the client itself of a message over its limit; a device says it when it is overloaded.
  if (code === status.RESOURCE_EXHAUSTED && /^Received message .*larger than/i.test(details)) {
    const limit = MAX_REPLY_BYTES;
    const message = `${called} answered with more than ${limit} bytes`;
    return new RigError("driver-too-large", message, { ...facts, limit });
  }
  return new RigError("driver-refused", `${called} refused ${target} (gRPC ${named})`, facts);
}
