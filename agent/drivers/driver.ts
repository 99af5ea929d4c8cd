import type { DeviceKind } from "../core/device.ts";
import { RigError } from "../core/errors.ts";
import type { Identity, Problem, Reading, Report } from "../core/reading.ts";
import type { SourceRole } from "../core/sample.ts";
import { busKey } from "./bus.ts";
import { pointer, type Scope } from "./pointer.ts";
import type { Devices, Each, IdentityTable, Row, Table } from "./table.ts";
import { readAlgorithm, readIdentity, readRow } from "./value.ts";

/** What to request from a device. A link turns it into bytes; a driver never opens a socket. */
export interface Ask {
  readonly link: "http" | "cgminer" | "exec" | "sysfs" | "host";
  /** Path, command in JSON, arguments or file patterns: what it means is the link's. */
  readonly target: string;
  /** Throws a RigError: `driver-garbled`, or `driver-refused` where the reply is an error of the device. */
  readonly decode: (reply: Uint8Array) => unknown;
  /** Not every firmware answers it: silence is no problem. */
  readonly optional?: true;
}

/** Decoded replies by ask; what is missing was not answered or could not be decoded. */
export type Docs<A extends string> = Readonly<Partial<Record<A, unknown>>>;

/** A driver: one object that says what to ask and where in the replies what is found. Rules: agent/drivers/README.md. */
export interface Driver<A extends string = string> {
  readonly name: string;
  /** Where the API is described. */
  readonly docs: string;
  readonly kind: DeviceKind;
  readonly role: SourceRole;
  /** Where it usually listens, likeliest first. Empty where it listens only where it was told to, or not at all. */
  readonly ports: readonly number[];
  /** Without a scene from real hardware. */
  readonly unproven?: true;
  readonly asks: Readonly<Record<A, Ask>>;
  /** Is this a device that I know? */
  readonly identify: (docs: Docs<A>) => boolean;
  /** Where a reply says what is mined (`^/algorithm`), or the algorithm itself (`sha256d`). */
  readonly algorithm?: string;
  readonly identity: Readonly<Partial<Record<A, IdentityTable>>>;
  readonly table: Readonly<Partial<Record<A, Table>>>;
  /** Decoded replies put in an order that a table can read. Moves and selects values, never makes one. */
  readonly derive?: (docs: Docs<A>) => Docs<A>;
}

/** Fixes the names of the asks, so that a table for an unknown ask does not compile. */
export function defineDriver<const A extends string>(driver: Driver<A>): Driver<A> {
  return driver;
}

interface Draft {
  identity: Identity;
  readonly readings: Reading[];
  readonly problems: Problem[];
}

/** Reports in the making, by key. */
class Drafts {
  readonly #byKey = new Map<string, Draft>([["", { identity: {}, readings: [], problems: [] }]]);

  get whole(): Draft {
    return this.#byKey.get("") as Draft;
  }

  /** A draft for a key that has none yet. */
  open(key: string): Draft | undefined {
    if (this.#byKey.has(key)) return undefined;
    const draft: Draft = { identity: {}, readings: [], problems: [] };
    this.#byKey.set(key, draft);
    return draft;
  }

  /** What concerns a reply as a whole stands on every device of it when there is none at the address itself. */
  reports(): Report[] {
    const { whole } = this;
    const others = [...this.#byKey].filter(([key]) => key !== "");
    const silent = whole.readings.length === 0 && Object.keys(whole.identity).length === 0;
    if (silent && others.length > 0)
      return others.map(([key, { problems, ...draft }]) => ({
        key,
        ...draft,
        problems: [...whole.problems, ...problems],
      }));
    if (silent && whole.problems.length === 0) return [];
    return [...this.#byKey].map(([key, draft]) => ({ key, ...draft }));
  }
}

/** Bytes in, reports out: no clock, no socket, no log. Nothing that bytes can hold makes it throw. */
export function readReplies(
  driver: Driver,
  replies: Readonly<Record<string, Uint8Array | undefined>>,
): Report[] {
  const drafts = new Drafts();
  const decoded = decodeReplies(driver, replies, drafts.whole.problems);
  const docs = driver.derive === undefined ? decoded : { ...decoded, ...driver.derive(decoded) };
  for (const [ask, table] of Object.entries(driver.identity)) {
    const scope = { element: docs[ask], reply: docs[ask] };
    if (docs[ask] !== undefined && table)
      drafts.whole.identity = { ...readIdentity(table, scope), ...drafts.whole.identity };
  }
  for (const [ask, table] of Object.entries(driver.table)) {
    if (docs[ask] !== undefined && table) new Reader(driver, ask, docs[ask], drafts).read(table);
  }
  return drafts.reports();
}

/** Decodes what came; what did not, or cannot be decoded, becomes a problem. */
export function decodeReplies(
  driver: Driver,
  replies: Readonly<Record<string, Uint8Array | undefined>>,
  problems: Problem[] = [],
): Docs<string> {
  const docs: Record<string, unknown> = {};
  for (const [name, ask] of Object.entries(driver.asks)) {
    const reply = replies[name];
    try {
      if (reply !== undefined) docs[name] = ask.decode(reply);
      else if (!ask.optional) problems.push({ part: "", why: "no-reply", ask: name });
    } catch (thrown) {
      if (!(thrown instanceof RigError)) throw thrown;
      const refused = thrown.code === "driver-refused";
      if (!(refused && ask.optional))
        problems.push({ part: "", why: refused ? "no-reply" : "garbled", ask: name });
    }
  }
  return docs;
}

// Far above what exists; a reply with more is no reply of a miner, and must not fill the store.
const MAX_PARTS = 1024;
const MAX_DEVICES = 256;

/** Applies one ask's table to its document. */
class Reader {
  readonly #driver: Driver;
  readonly #ask: string;
  readonly #reply: unknown;
  readonly #drafts: Drafts;

  constructor(driver: Driver, ask: string, reply: unknown, drafts: Drafts) {
    this.#driver = driver;
    this.#ask = ask;
    this.#reply = reply;
    this.#drafts = drafts;
  }

  read(table: Table): void {
    for (const entry of table) {
      if ("devices" in entry) this.#devices(entry);
      else this.#entry(entry, this.#reply, this.#drafts.whole, "");
    }
  }

  #entry(entry: Row | Each, element: unknown, draft: Draft, part: string): void {
    if ("metric" in entry) this.#row(entry, element, draft, part, this.#driver.algorithm);
    else this.#each(entry, element, draft, part);
  }

  #row(
    row: Row,
    element: unknown,
    draft: Draft,
    part: string,
    algorithm: string | undefined,
  ): void {
    const scope = this.#scope(element);
    const whole = [part, row.part].filter(Boolean).join("/");
    const read = readRow(row, scope, whole, readAlgorithm(algorithm, scope));
    if (typeof read === "object") draft.readings.push(read);
    else if (read !== undefined)
      draft.problems.push({ metric: row.metric, part: whole, why: read, ask: this.#ask });
  }

  #each(each: Each, element: unknown, draft: Draft, part: string): void {
    const members = pointer(element, each.each);
    if (!Array.isArray(members) || members.length > MAX_PARTS) {
      this.#wrongShape(draft, part);
      return;
    }
    members.forEach((member: unknown, position) => {
      const own = each.number === undefined ? undefined : Number(pointer(member, each.number));
      const number = Number.isInteger(own) ? own : position;
      const of =
        each.part === undefined ? part : [part, `${each.part}/${number}`].filter(Boolean).join("/");
      const algorithm = each.algorithm ?? this.#driver.algorithm;
      for (const row of each.rows) this.#row(row, member, draft, of, algorithm);
    });
  }

  #devices(devices: Devices): void {
    const { whole } = this.#drafts;
    const members = pointer(this.#reply, devices.devices);
    if (!Array.isArray(members) || members.length > MAX_DEVICES) {
      this.#wrongShape(whole, "");
      return;
    }
    const keys = members.map((member: unknown) => busKey(devices.pci, this.#scope(member)));
    const placed = keys.some((key) => key !== undefined) || members.length === 0;
    if (placed || devices.unplaced === undefined) {
      members.forEach((member, position) => {
        this.#device(devices, member, keys[position], position);
      });
    } else this.#parts(devices, devices.unplaced, members);
  }

  #scope(element: unknown): Scope {
    return { element, reply: this.#reply };
  }

  #device(devices: Devices, member: unknown, key: string | undefined, position: number): void {
    // Two at one address: which of them is meant cannot be known, and adding them up would be a guess.
    const draft = key === undefined ? undefined : this.#drafts.open(key);
    if (draft === undefined) {
      this.#wrongShape(this.#drafts.whole, `gpu/${position}`);
      return;
    }
    draft.identity = readIdentity(devices.identity, this.#scope(member));
    for (const entry of devices.rows) this.#entry(entry, member, draft, "");
  }

  #parts(devices: Devices, rows: readonly Row[], members: readonly unknown[]): void {
    const { whole } = this.#drafts;
    for (const row of rows) this.#entry(row, this.#reply, whole, "");
    members.forEach((member, position) => {
      for (const entry of devices.rows) this.#entry(entry, member, whole, `gpu/${position}`);
    });
  }

  #wrongShape(draft: Draft, part: string): void {
    draft.problems.push({ part, why: "wrong-shape", ask: this.#ask });
  }
}
