import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { hostAndPort } from "../address.ts";
import { Admission } from "./admission.ts";
import { type Access, type Entry, inManner } from "./entry.ts";
import { Calls, type Outcome } from "./grpc-calls.ts";
import { Asks, type Link, type Login, type Question, type Reach } from "./link.ts";
import { type Passes, passesOf, TokenLogin, type TokenScheme } from "./token-login.ts";

/**
 * Unary calls over gRPC without TLS: a target is `/package.Service/Method`, a body the request message in base64 (absent:
 * one without fields), the reply is the bytes of the message. The connection stays open from ask to ask. Throws
 * `driver-auth`, `driver-unreachable`, `driver-timeout`, `driver-too-large`, `driver-garbled` or `driver-refused` by the
 * status, and the signal's reason when that aborts. https://grpc.io/docs/guides/status-codes/
 */
export function grpcLink(
  reach: Reach,
  place: { readonly host: string; readonly port: number },
  login: Login,
  access: Access = {},
): Link {
  const calls = new Calls(reach, hostAndPort(place.host, place.port));
  const entry = entryFor(reach, login, access, calls);
  const asks = new Asks(reach);
  return {
    ask: (question, signal) =>
      asks.run(signal, async (inner) => {
        const { bytes, fault } = await entry.ask(question, inner);
        if (fault !== undefined) throw fault;
        return bytes;
      }),
    stop: async () => {
      entry.stop();
      asks.stop();
      calls.close();
    },
  };
}

type GrpcEntry = Entry<Question, Outcome>;
type Put = (question: Question, passes: Passes, signal: AbortSignal) => Promise<Outcome>;

function entryFor(reach: Reach, login: Login, access: Access, calls: Calls): GrpcEntry {
  const put: Put = ({ target, body = "" }, passes, signal) =>
    calls.put(target, Buffer.from(body, "base64"), passes, signal);
  const open: GrpcEntry["ask"] = (question, signal) => put(question, {}, signal);
  const entry = loggedIn(reach, login, access, calls, put);
  if (entry === undefined) return { ask: open, stop: () => {} };
  return inManner(access.manner, entry, open, isRefused);
}

/** The entry that a login opens; undefined where there is no login, or no way to send it. */
function loggedIn(
  reach: Reach,
  login: Login,
  access: Access,
  calls: Calls,
  put: Put,
): GrpcEntry | undefined {
  const { scheme, admission = new Admission(reach.clock, reach.called) } = access;
  const byToken = scheme?.kind === "token" ? scheme : undefined;
  if (login.token !== undefined) {
    const passes = passesOf(byToken ?? {}, login.token, reach.called);
    return {
      ask: (question, signal) =>
        admission.through(async () => {
          const got = await put(question, passes, signal);
          return { got, refused: isRefused(got) };
        }, signal),
      stop: () => {},
    };
  }
  if (byToken === undefined || Object.keys(login).length === 0) return undefined;
  const tokens = new TokenLogin(reach, admission, (signal) =>
    logIn(byToken, login, calls, reach.called, signal),
  );
  return {
    ask: (question, signal) =>
      tokens.through(question.target, (passes) => put(question, passes, signal), isRefused),
    stop: () => tokens.stop(),
  };
}

function isRefused({ fault }: Outcome): boolean {
  return fault?.code === "driver-auth";
}

async function logIn(
  scheme: TokenScheme,
  { username = "", password = "" }: Login,
  calls: Calls,
  called: string,
  signal: AbortSignal,
): Promise<Passes | undefined> {
  const request = new BinaryWriter().tag(1, WireType.LengthDelimited).string(username);
  request.tag(2, WireType.LengthDelimited).string(password);
  const { bytes, said, fault } = await calls.put(
    scheme.target,
    Buffer.from(request.finish()),
    {},
    signal,
  );
  if (fault?.code === "driver-auth") return undefined;
  if (fault !== undefined) throw fault;
  const token = firstText(bytes) ?? said?.get("authorization").at(0)?.toString();
  return token === undefined || token === "" ? undefined : passesOf(scheme, token, called);
}

/** The string in field 1 of a message; undefined where there is none, or no message. */
function firstText(bytes: Uint8Array): string | undefined {
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [field, wire] = reader.tag();
      if (field === 1 && wire === WireType.LengthDelimited) return reader.string();
      reader.skip(wire, field);
    }
  } catch {
    // What is no message holds no token, which the caller says.
  }
  return undefined;
}
