import { connect } from "node:net";
import { RigError } from "../../core/errors.ts";
import type { Access } from "./entry.ts";
import { exchange, type HttpReply, isOk } from "./exchange.ts";
import { entryFor, isRefusal, type Put } from "./http-login.ts";
import { Asks, type Link, type Login, type Reach, socketFault } from "./link.ts";
import { PinsInMemory, type Trust } from "./pins.ts";
import { connectTls } from "./tls.ts";

/** How a device lets in and is believed. */
export interface HttpAccess extends Access {
  readonly trust?: Trust;
}

/**
 * HTTP, over TLS where the base says https: a target is a path below the base. Redirects are not followed (a device does
 * not move, and what it redirects to may be anywhere) and give `driver-refused`, as every status outside of 2xx but 401
 * and 403 does, which give `driver-auth`.
 */
export function httpLink(reach: Reach, base: URL, login: Login, access: HttpAccess = {}): Link {
  const { called } = reach;
  const { trust = { pins: new PinsInMemory(), fingerprint: undefined } } = access;
  const place = { host: base.hostname.replace(/^\[|\]$/g, ""), port: portOf(base) };
  const headers = {
    host: base.host,
    accept: "application/json",
    "accept-encoding": "identity",
  };
  const isSecure = base.protocol === "https:";
  const put: Put = async (asked, passes, signal) => {
    // A login may have taken so long that the ask is over by now.
    signal.throwIfAborted();
    try {
      // A plain socket is not awaited: it may fail in the very tick in which it is made, and must be listened to by then.
      const socket = isSecure ? await connectTls(place, called, trust, signal) : connect(place);
      const stop = (): void => void socket.destroy();
      signal.addEventListener("abort", stop, { once: true });
      try {
        return await exchange(socket, { ...asked, headers: { ...headers, ...passes } }, called);
      } finally {
        signal.removeEventListener("abort", stop);
      }
    } catch (thrown) {
      throw socketFault(signal.aborted ? signal.reason : thrown, called);
    }
  };
  const entry = entryFor(reach, login, access, put);
  const asks = new Asks(reach);
  return {
    ask: ({ target, body }, signal) =>
      asks.run(signal, async (inner) => {
        const path = pathBelow(base, target);
        const reply = await entry.ask({ path, ...(body === undefined ? {} : { body }) }, inner);
        checkStatus(reply, called);
        return reply.bytes;
      }),
    stop: async () => {
      entry.stop();
      asks.stop();
    },
  };
}

function portOf({ port, protocol }: URL): number {
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}

function pathBelow(base: URL, target: string): string {
  const { pathname, search } = new URL(`${base.pathname.replace(/\/$/, "")}${target}`, base);
  return `${pathname}${search}`;
}

function checkStatus({ status }: HttpReply, called: string): void {
  if (isOk(status)) return;
  const facts = { address: called, status };
  if (isRefusal(status))
    throw new RigError("driver-auth", `${called} wants another login (HTTP ${status})`, facts);
  const what = status >= 300 && status < 400 ? "redirects elsewhere" : "answered with an error";
  throw new RigError("driver-refused", `${called} ${what} (HTTP ${status})`, facts);
}
