import type { Machine, MachineState } from "../model/machine.ts";
import type { Reported } from "../reply-log.ts";

/** One hashing machine behind an address: the device itself, or one of its GPUs. */
export interface Part {
  /** Empty for the device itself, else `pci:0000:0a:00.0`. */
  readonly key: string;
  readonly model: string;
  readonly algorithm: string;
  /** 32 hex digits that tell it from others of its model. */
  readonly id: string;
  /** 0 where there is no bus. */
  readonly pciBus: number;
  readonly machine: Machine;
}

/** A machine at the instant of a question. */
export interface PartNow extends Part {
  readonly now: MachineState;
}

/** What is asked of a protocol: the machines behind the address, and who they mine for. */
export interface Question {
  /** A command; for HTTP the path with its query, after `POST ` where it is posted. */
  readonly ask: string;
  /** What came with it: the whole command as JSON, or the body of a request. */
  readonly body: string;
  /** Of an HTTP request, by lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly atMs: number;
  readonly parts: readonly [PartNow, ...PartNow[]];
  readonly worker: string;
  /** The device speaks as old firmware does, in JSON that is none. */
  readonly brokenJson: boolean;
}

/** A reply as it goes over the wire, and what it says of each machine, by key. */
export interface Reply {
  readonly body: string | Uint8Array;
  readonly reported: ReadonlyMap<string, Reported>;
  /** What the log calls the ask, where one path is asked several things. */
  readonly called?: string;
  /** Of HTTP; 200 when absent. A reply with another one is none that a log lists. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A device's side of a protocol: an answer for an ask that it knows, undefined for others. */
export type Protocol = (question: Question) => Reply | undefined;

/**
 * A document as JSON (a text or bytes as they are), and what it says of each machine (nothing where that is left out) and
 * of a program as a whole that is none of them.
 */
export function reply(
  { parts }: Pick<Question, "parts">,
  document: unknown,
  says: (part: PartNow) => Reported = () => ({}),
  whole?: Reported,
): Reply {
  const isBody = typeof document === "string" || document instanceof Uint8Array;
  const reported = new Map(parts.map((part) => [part.key, says(part)]));
  if (whole !== undefined) reported.set("", whole);
  return { body: isBody ? document : JSON.stringify(document), reported };
}

/** The protocol that knows these asks and no others. */
export function answers(known: Readonly<Record<string, (question: Question) => Reply>>): Protocol {
  return (question) => {
    const { ask } = question;
    return Object.hasOwn(known, ask) ? known[ask]?.(question) : undefined;
  };
}

/** Accepted and rejected shares as the log has them. */
export function shares({ now }: PartNow): Pick<Reported, "sharesAccepted" | "sharesRejected"> {
  return { sharesAccepted: now.accepted, sharesRejected: now.rejected };
}

/** Shares and uptime as the log has them. */
export function counters(part: PartNow): Reported {
  return { ...shares(part), uptimeSeconds: part.now.uptimeSeconds };
}

/** Shares, uptime and the difficulty of what was accepted, as the log has them. */
export function work(part: PartNow): Reported {
  return { ...counters(part), difficultyAccepted: workDone(part) };
}

/** Difficulty of all accepted shares together. */
export function workDone({ now }: PartNow): number {
  return now.accepted * now.difficulty;
}

/** Rounded to so many decimals, as devices print. */
export function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

/** Sum over machines. */
export function total(
  parts: readonly PartNow[],
  of: (now: MachineState, part: PartNow) => number,
): number {
  return parts.reduce((sum, part) => sum + of(part.now, part), 0);
}

/** Unix seconds. */
export function seconds(atMs: number): number {
  return Math.floor(atMs / 1000);
}

/** A MAC address of a range that is nobody's, with the separators given. */
export function macOf({ id }: Part, separator = ":"): string {
  const pairs = id.slice(0, 6).match(/../g) ?? [];
  return ["02", "51", "4D", ...pairs].join(separator).toUpperCase();
}

/** Two digits of a bus number in hex. */
export function hexBus({ pciBus }: Part): string {
  return pciBus.toString(16).padStart(2, "0");
}
