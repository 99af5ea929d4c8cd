import { RigError } from "../core/errors.ts";
import type { Condition, Identity, Problem, Reading, Report } from "../core/reading.ts";
import { busKey } from "./bus.ts";
import { joined, readErrors, readState } from "./condition.ts";
import type { Docs, Driver } from "./driver.ts";
import { MAX_REPLY_BYTES } from "./links/link.ts";
import { pointer, type Scope } from "./pointer.ts";
import type { Devices, Each, ErrorsEntry, Row, StateEntry, Table } from "./table.ts";
import { OF_ALGORITHM, readAlgorithm, readIdentity, readRow } from "./value.ts";

interface Draft {
  identity: Identity;
  condition: Condition | undefined;
  readonly readings: Reading[];
  readonly problems: Problem[];
  /** What has been read, by what it is of; without a reading where there were two and neither could be told. */
  readonly taken: Map<string, { readonly row: Row; readonly reading?: Reading }>;
}

const newDraft = (): Draft => ({
  identity: {},
  condition: undefined,
  readings: [],
  problems: [],
  taken: new Map(),
});

/** A draft as it is told. Work that is done needs no word of the firmware: who does it is mining. */
function reportOf(key: string, { identity, condition, readings, problems }: Draft): Report {
  const works = readings.some(
    ({ metric, part, value }) => metric === "hashrate" && part === "" && value > 0,
  );
  const told =
    works && condition?.state === undefined
      ? { ...condition, state: "mining" as const }
      : condition;
  return { key, identity, ...(told === undefined ? {} : { condition: told }), readings, problems };
}

/** Reports in the making, by key. */
class Drafts {
  readonly #byKey = new Map<string, Draft>([["", newDraft()]]);

  get whole(): Draft {
    return this.#byKey.get("") as Draft;
  }

  /** A draft for a key that has none yet. */
  open(key: string): Draft | undefined {
    if (this.#byKey.has(key)) return undefined;
    const draft = newDraft();
    this.#byKey.set(key, draft);
    return draft;
  }

  /** What concerns a reply as a whole stands on every device of it when there is none at the address itself. */
  reports(): Report[] {
    const { whole } = this;
    const others = [...this.#byKey].filter(([key]) => key !== "");
    const silent = whole.readings.length === 0 && Object.keys(whole.identity).length === 0;
    if (silent && others.length > 0)
      return others.map(([key, draft]) =>
        reportOf(key, {
          ...draft,
          condition: joined(draft.condition, whole.condition),
          problems: [...whole.problems, ...draft.problems],
        }),
      );
    if (silent && whole.problems.length === 0) return [];
    return [...this.#byKey].map(([key, draft]) => reportOf(key, draft));
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
    const scope = { element: docs[ask], reply: docs[ask], path: "" };
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
      if (reply !== undefined) docs[name] = ask.decode(bounded(reply, name));
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

/** A link lets no longer one through; kept replies may come from elsewhere, and decoders are made for this much. */
function bounded(reply: Uint8Array, ask: string): Uint8Array {
  if (reply.length > MAX_REPLY_BYTES)
    throw new RigError("driver-too-large", `the reply to ${ask} has ${reply.length} bytes`, {
      ask,
      limit: MAX_REPLY_BYTES,
    });
  return reply;
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
      else this.#entry(entry, this.#top(), this.#drafts.whole, "");
    }
  }

  #top(): Scope {
    return { element: this.#reply, reply: this.#reply, path: "" };
  }

  #entry(
    entry: Row | Each | StateEntry | ErrorsEntry,
    scope: Scope,
    draft: Draft,
    part: string,
  ): void {
    if ("metric" in entry) this.#row(entry, scope, draft, part, this.#driver.algorithm);
    else if ("each" in entry) this.#each(entry, scope, draft, part);
    else if ("state" in entry) draft.condition = joined(draft.condition, readState(entry, scope));
    else {
      const errors = readErrors(entry, scope);
      if (errors.length > 0) draft.condition = joined(draft.condition, { errors });
    }
  }

  #row(row: Row, scope: Scope, draft: Draft, part: string, algorithm: string | undefined): void {
    const whole = [part, row.part].filter(Boolean).join("/");
    const read = readRow(row, scope, whole, readAlgorithm(algorithm, scope), this.#ask);
    const why = typeof read === "object" ? this.#keep(read, row, draft) : read;
    if (why !== undefined)
      draft.problems.push({ metric: row.metric, part: whole, why, ask: this.#ask });
  }

  /**
   * One reading of one quantity: the first stands, since what two of them mean nobody says. Two members of one list that
   * name no algorithm may be two coins in any order: neither stands.
   */
  #keep(reading: Reading, row: Row, { taken, readings }: Draft): "wrong-shape" | undefined {
    const of = `${reading.metric} ${reading.part} ${reading.algorithm ?? ""}`;
    const first = taken.get(of);
    if (first === undefined) {
      taken.set(of, { row, reading });
      readings.push(reading);
      return undefined;
    }
    const nameless = OF_ALGORITHM.has(reading.metric) && reading.algorithm === undefined;
    if (nameless && first.row === row && first.reading !== undefined) {
      readings.splice(readings.indexOf(first.reading), 1);
      taken.set(of, { row });
    }
    return "wrong-shape";
  }

  #each(each: Each, scope: Scope, draft: Draft, part: string): void {
    const members = pointer(scope.element, each.each);
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
      const inner = this.#scope(member, `${scope.path}${each.each}/${position}`);
      for (const row of each.rows) this.#row(row, inner, draft, of, algorithm);
    });
  }

  #devices(devices: Devices): void {
    const { whole } = this.#drafts;
    const members = pointer(this.#reply, devices.devices);
    if (!Array.isArray(members) || members.length > MAX_DEVICES) {
      this.#wrongShape(whole, "");
      return;
    }
    const keys = members.map((member: unknown) => busKey(devices.pci, this.#scope(member, "")));
    const placed = keys.some((key) => key !== undefined) || members.length === 0;
    if (placed || devices.unplaced === undefined) {
      members.forEach((member, position) => {
        this.#device(devices, member, keys[position], position);
      });
    } else this.#parts(devices, devices.unplaced, members);
  }

  #scope(element: unknown, path: string): Scope {
    return { element, reply: this.#reply, path };
  }

  #device(devices: Devices, member: unknown, key: string | undefined, position: number): void {
    // Two at one address: which of them is meant cannot be known, and adding them up would be a guess.
    const draft = key === undefined ? undefined : this.#drafts.open(key);
    if (draft === undefined) {
      this.#wrongShape(this.#drafts.whole, `gpu/${position}`);
      return;
    }
    const scope = this.#scope(member, `${devices.devices}/${position}`);
    draft.identity = readIdentity(devices.identity, scope);
    for (const entry of devices.rows) this.#entry(entry, scope, draft, "");
  }

  #parts(devices: Devices, rows: readonly Row[], members: readonly unknown[]): void {
    const { whole } = this.#drafts;
    for (const row of rows) this.#entry(row, this.#top(), whole, "");
    members.forEach((member, position) => {
      const scope = this.#scope(member, `${devices.devices}/${position}`);
      for (const entry of devices.rows) this.#entry(entry, scope, whole, `gpu/${position}`);
    });
  }

  #wrongShape(draft: Draft, part: string): void {
    draft.problems.push({ part, why: "wrong-shape", ask: this.#ask });
  }
}
