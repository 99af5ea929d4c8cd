import { RigError } from "../../core/errors.ts";
import type { LoginScheme } from "../driver.ts";
import {
  Collected,
  type Link,
  type Login,
  MAX_REPLY_BYTES,
  type Reach,
  socketFault,
  within,
} from "./link.ts";

/**
 * GET over HTTP: a target is a path below the base. Redirects are not followed (a device does not move, and what it
 * redirects to may be anywhere) and give `driver-refused`, as every status outside of 2xx but 401 and 403 does.
 */
export function httpLink(reach: Reach, base: URL, login: Login, _scheme?: LoginScheme): Link {
  const headers = {
    accept: "application/json",
    "accept-encoding": "identity",
    // A Bitaxe has few sockets and keeps none of ours open between two asks.
    connection: "close",
    ...authorization(login),
  };
  const get = async (target: string, signal: AbortSignal): Promise<Uint8Array> => {
    const url = new URL(`${base.pathname.replace(/\/$/, "")}${target}`, base);
    const response = await fetch(url, { headers, signal, redirect: "manual" });
    try {
      checkStatus(response, reach.called);
      return await body(response, reach.called);
    } finally {
      // Lets go of the socket whatever happened; of a body that was read to its end there is nothing to cancel.
      if (!response.bodyUsed) await response.body?.cancel();
    }
  };
  return {
    ask: ({ target }, signal) =>
      within(reach, signal, async (inner) => {
        try {
          return await get(target, inner);
        } catch (thrown) {
          throw socketFault(inner.aborted ? inner.reason : thrown, reach.called);
        }
      }),
    stop: async () => {},
  };
}

function authorization({ username, password, token }: Login): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (username === undefined && password === undefined) return {};
  const pair = Buffer.from(`${username ?? ""}:${password ?? ""}`, "utf8").toString("base64");
  return { authorization: `Basic ${pair}` };
}

function checkStatus(response: Response, called: string): void {
  const { status } = response;
  if (response.ok) return;
  const facts = { address: called, status };
  if (status === 401 || status === 403)
    throw new RigError("driver-auth", `${called} wants another login (HTTP ${status})`, facts);
  const what = status >= 300 && status < 400 ? "redirects elsewhere" : "answered with an error";
  throw new RigError("driver-refused", `${called} ${what} (HTTP ${status})`, facts);
}

async function body(response: Response, called: string): Promise<Uint8Array> {
  const collected = new Collected(called);
  const announced = Number(response.headers.get("content-length"));
  if (announced > MAX_REPLY_BYTES)
    throw new RigError("driver-too-large", `${called} announces ${announced} bytes`, {
      address: called,
      limit: MAX_REPLY_BYTES,
    });
  // Leaving the loop by a throw cancels the stream, and with it the connection.
  for await (const chunk of response.body ?? []) collected.add(chunk);
  return collected.whole();
}
