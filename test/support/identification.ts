import type { Ask, Driver } from "../../agent/drivers/driver.ts";
import { pointer } from "../../agent/drivers/pointer.ts";
import { knownBy } from "../../agent/drivers/probe.ts";
import { decodeReplies } from "../../agent/drivers/read-replies.ts";
import { DRIVERS } from "../../agent/drivers/registry.ts";

type Replies = Readonly<Record<string, Uint8Array>>;

// Two drivers may number or space the same request differently, which no device minds.
const MEANINGLESS = ["id", "jsonrpc"];

function plain(request: string): string {
  if (!request.startsWith("{")) return request.trim().replace(/^\/+/, "");
  const asked: unknown = JSON.parse(request);
  const meant = Object.entries(asked as object).filter(([key]) => !MEANINGLESS.includes(key));
  return JSON.stringify(Object.fromEntries(meant.sort()));
}

/** What a request is to a device, whatever a driver calls it. */
function askIdentity({ link, target, body }: Ask): string {
  return [link, plain(target), body === undefined ? "" : plain(body)].join(" ");
}

/** What another driver would have got of a device whose replies to one driver's asks are known. */
function repliesSeenBy(other: Driver, driver: Driver, replies: Replies): Replies {
  if (other === driver) return replies;
  const byIdentity = new Map(
    Object.entries(replies).flatMap(([name, reply]) => {
      const ask = driver.asks[name];
      return ask === undefined ? [] : [[askIdentity(ask), reply] as const];
    }),
  );
  return Object.fromEntries(
    Object.entries(other.asks).flatMap(([name, ask]) => {
      const reply = byIdentity.get(askIdentity(ask));
      return reply === undefined ? [] : [[name, reply] as const];
    }),
  );
}

/** Whether a driver knows a device by the asks that it has for that, as discovery puts them. */
function knows(driver: Driver, replies: Replies): boolean {
  const wanted = knownBy(driver);
  const seen = Object.fromEntries(Object.entries(replies).filter(([ask]) => wanted.includes(ask)));
  return Object.keys(seen).length > 0 && driver.identify(decodeReplies(driver, seen));
}

/** Names of the drivers that know a device: those made for it, and the generic ones where there is none of these. */
export function knowing(driver: Driver, replies: Replies): string[] {
  const all = DRIVERS.filter((other) => knows(other, repliesSeenBy(other, driver, replies)));
  const own = all.filter(({ generic }) => generic !== true);
  return (own.length > 0 ? own : all).map(({ name }) => name);
}

/** A driver by its name; undefined where there is none of that name. */
export function driverNamed(name: string): Driver | undefined {
  return DRIVERS.find((driver) => driver.name === name);
}

/** Follows a pointer in what a driver's table sees of replies. */
export function derived(driver: Driver, replies: Replies, ask: string, at: string): unknown {
  const docs = decodeReplies(driver, replies);
  return pointer({ ...docs, ...driver.derive?.(docs) }[ask], at);
}
