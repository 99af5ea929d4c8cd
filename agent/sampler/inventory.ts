import type { Hex } from "../../proto/hex.ts";
import type { Device, DeviceKind } from "../core/device.ts";
import type { Clock, Log } from "../core/ports.ts";
import type { Report } from "../core/reading.ts";
import { deviceIdOf, type Token, tokensOf } from "./device-id.ts";
import { hardwareOf, Likeness } from "./likeness.ts";

/** What the inventory must know of a source. */
export interface ReportingSource {
  readonly name: string;
  readonly kind: DeviceKind;
  readonly make: string;
  readonly address: string;
  /** True for a source that runs on this host: its GPUs are the host's. */
  readonly local: boolean;
  readonly unproven: boolean;
}

interface Entry {
  readonly place: string;
  readonly device: Device;
  readonly tokenKind: string;
  readonly token: string;
  readonly algorithms: readonly string[];
}

/** What outlives the process, by structure. */
export interface Book {
  read(): Entry[];
  write(entry: Entry, seenAtMs: number): void;
}

export interface InventoryOptions {
  readonly book: Book;
  readonly clock: Clock;
  readonly log: Log;
  readonly salt: Hex;
  readonly machineId: string;
  readonly sources: readonly ReportingSource[];
}

/** Asks after which a device without any identity is known by its place: until then a sensor may still name it. */
const PATIENCE = 3;
/** Devices of one source; a miner that lists ever new ones must not fill the attestations. */
const MAX_DEVICES = 256;
const MAX_TOLD = 1024;

/** Which device stands where. A GPU's miner and its sensors meet here under one bus address, and so under one id. */
export class Inventory {
  readonly #options: InventoryOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #nameless = new Map<string, number>();
  /** Devices of which a part of the identity changed since they were last asked about. */
  readonly #changed = new Set<string>();
  /** What of each device was told to be strange, so that the log says it once. */
  readonly #told = new Map<string, string>();
  readonly #likeness = new Likeness();

  constructor(options: InventoryOptions) {
    this.#options = options;
  }

  /** Reads what was known before. */
  load(): void {
    const configured = new Set(this.#options.sources.map((source) => source.name));
    for (const entry of this.#options.book.read()) {
      const sources = entry.device.sources.filter((name) => configured.has(name));
      if (sources.length > 0)
        this.#entries.set(entry.place, { ...entry, device: { ...entry.device, sources } });
    }
  }

  /** Every known device once, with the algorithms that it was last seen mining, in order of id. */
  known(): { device: Device; algorithms: readonly string[] }[] {
    const byId = new Map<string, { device: Device; algorithms: readonly string[] }>();
    for (const { device, algorithms } of this.#entries.values()) {
      const same = byId.get(device.id);
      byId.set(device.id, {
        device: same
          ? {
              ...device,
              ...same.device,
              sources: [...new Set([...same.device.sources, ...device.sources])],
            }
          : device,
        algorithms: [...new Set([...(same?.algorithms ?? []), ...algorithms])].sort(),
      });
    }
    return [...byId.values()].sort((a, b) => (a.device.id < b.device.id ? -1 : 1));
  }

  /** Devices that answer at more than one place, with their places: each is counted once. */
  twins(): { readonly device: Device; readonly places: readonly string[] }[] {
    const byId = Map.groupBy(this.#entries.values(), ({ device }) => device.id);
    return [...byId.values()]
      .filter((entries) => entries.length > 1)
      .map((entries) => ({
        device: (entries[0] as Entry).device,
        places: entries.map(({ place }) => place).sort(),
      }));
  }

  /** Devices that a source has reported on: all of them are in outage when it is. */
  of(sourceName: string): Device[] {
    return [...this.#entries.values()]
      .map(({ device }) => device)
      .filter((device) => device.sources.includes(sourceName));
  }

  /** The device that a report is about; undefined while nothing tells who it is. */
  resolve(source: ReportingSource, report: Report): Device | undefined {
    const place = this.#placeOf(source, report);
    const before = this.#entries.get(place);
    // Nothing but problems is no proof that there is a device at all; one that says that it sleeps is there.
    const says = report.readings.length > 0 || report.condition?.state !== undefined;
    if (before === undefined && !says) return undefined;
    if (before === undefined && this.of(source.name).length >= MAX_DEVICES) return undefined;
    const token = this.#tokenFor(place, source, report, before);
    if (token === undefined) return undefined;
    const entry = this.#entryOf(place, source, report, token, before);
    if (before?.device.id === entry.device.id) this.#compare(source, report, before);
    if (JSON.stringify(entry) !== JSON.stringify(before)) {
      this.#options.book.write(entry, this.#options.clock.wallMs());
      this.#announce(entry, before);
      this.#entries.set(place, entry);
    }
    return entry.device;
  }

  /**
   * True once after a report in which a part of a device's identity is another than ever before and the device is still
   * taken for the same; where the fact that tells it from others is not told meanwhile, after every such report.
   */
  hasChanged(deviceId: string): boolean {
    return this.#changed.delete(deviceId);
  }

  #placeOf(source: ReportingSource, report: Report): string {
    const host = source.local ? "local" : source.address;
    if (report.key !== "") return `${host} ${report.key}`;
    // A CPU miner on this host reports on the host: the same device as the host's own sensors.
    return source.kind === "host" && source.local ? "local host" : `source ${source.name}`;
  }

  #tokenFor(
    place: string,
    source: ReportingSource,
    report: Report,
    before: Entry | undefined,
  ): Token | undefined {
    const tokens = tokensOf(report.identity);
    const kept =
      before === undefined
        ? undefined
        : { kind: before.tokenKind as Token["kind"], value: before.token };
    if (kept?.kind === "machine") return kept;
    if (before !== undefined && kept !== undefined && kept.kind !== "place") {
      // The fact that the id was made of decides: a device that leaves it out for once is still the same, unless what it
      // says instead cannot be that device's.
      const sameKind = tokens.find((token) => token.kind === kept.kind);
      if (sameKind?.value === kept.value) return kept;
      if (sameKind === undefined && !this.#isAnother(source, report, before.device)) return kept;
      if (tokens[0] !== undefined) return tokens[0];
    }
    if (place === "local host") return { kind: "machine", value: this.#options.machineId };
    if (tokens[0] !== undefined) return tokens[0];
    if (kept !== undefined) return kept;
    const asks = (this.#nameless.get(place) ?? 0) + 1;
    if (this.#nameless.size > MAX_DEVICES) this.#nameless.clear();
    this.#nameless.set(place, asks);
    if (asks < PATIENCE) return undefined;
    return { kind: "place", value: `${this.#options.machineId} ${source.address} ${report.key}` };
  }

  #isAnother(source: ReportingSource, { identity }: Report, device: Device): boolean {
    if (!isOnly(source, device)) return false;
    return this.#likeness.contradicts(device.id, device.identity, identity);
  }

  /** Compares what one source says with what it said before: two sources may spell one device differently. */
  #compare(source: ReportingSource, { identity }: Report, before: Entry): void {
    const { id, label, identity: known } = before.device;
    if (!isOnly(source, before.device)) return;
    const parts = this.#likeness.strange(id, known, identity, isConfirmed(before, identity));
    const told = parts.map((part) => `${part} ${identity[part]}`).join(", ");
    if (parts.length === 0) return;
    this.#changed.add(id);
    if (this.#told.get(id) === told) return;
    if (this.#told.size > MAX_TOLD) this.#told.clear();
    this.#told.set(id, told);
    this.#options.log.warn("a part of a device's identity changed", {
      device: id,
      label,
      parts: parts.join(", "),
    });
  }

  #entryOf(
    place: string,
    source: ReportingSource,
    report: Report,
    token: Token,
    before: Entry | undefined,
  ): Entry {
    const kind: DeviceKind = report.key.startsWith("pci:") ? "gpu" : source.kind;
    const id = deviceIdOf(kind, this.#options.salt, token);
    const same = before?.device.id === id ? before : undefined;
    const sources = [...new Set([...(same?.device.sources ?? []), source.name])].sort();
    // Where a miner and a sensor both speak of a device they spell it differently: the first word stands, or the two
    // would take turns. Of one source the newest word is true: firmware is updated, a pool fails over. What the device is
    // made of stays, though, while nothing tells that it is this one: it may be another's.
    const known = same?.device.identity;
    const stays = same !== undefined && !isConfirmed(same, report.identity);
    const identity =
      sources.length > 1
        ? { ...report.identity, ...known }
        : { ...known, ...report.identity, ...(stays && known ? hardwareOf(known) : {}) };
    const mined = report.readings.flatMap(({ metric, algorithm }) =>
      metric === "hashrate" && algorithm !== undefined ? [algorithm] : [],
    );
    return {
      place,
      tokenKind: token.kind,
      token: token.value,
      // A source that says nothing of algorithms (a sensor) does not unsay what a miner said.
      algorithms: mined.length > 0 ? [...new Set(mined)].sort() : (same?.algorithms ?? []),
      device: {
        id,
        kind,
        label:
          report.key === "" && same !== undefined
            ? same.device.label
            : labelOf(source, report, identity),
        sources,
        identity,
        unproven: source.unproven || (same?.device.unproven ?? false),
      },
    };
  }

  #announce(entry: Entry, before: Entry | undefined): void {
    if (before?.device.id === entry.device.id) return;
    const facts = { device: entry.device.id, label: entry.device.label, known_by: entry.tokenKind };
    if (before === undefined) this.#options.log.info("a device is known", facts);
    else
      this.#options.log.warn("another device stands where one was known", {
        ...facts,
        before: before.device.id,
      });
    const twin = [...this.#entries.values()].find(
      ({ place, device }) => device.id === entry.device.id && place !== entry.place,
    );
    if (twin !== undefined) {
      this.#options.log.warn("one device answers at two places and is counted once", {
        ...facts,
        also_at: twin.place,
      });
    }
  }
}

const isOnly = (source: ReportingSource, { sources }: Device): boolean =>
  sources.length === 1 && sources[0] === source.name;

/**
 * True where a report tells the fact that a device's id was made of, or another that tells it from all others. A place or
 * a machine tells itself.
 */
function isConfirmed({ tokenKind, token, device }: Entry, identity: Report["identity"]): boolean {
  if (tokenKind === "place" || tokenKind === "machine") return true;
  const known = [{ kind: tokenKind, value: token }, ...tokensOf(device.identity)];
  return tokensOf(identity).some(({ kind, value }) =>
    known.some((one) => one.kind === kind && one.value === value),
  );
}

function labelOf(source: ReportingSource, report: Report, identity: Report["identity"]): string {
  if (report.key === "") return source.name;
  const what = [identity.make, identity.model].filter(Boolean).join(" ") || "GPU";
  return `${what} at ${report.key.replace(/^pci:/, "")}`;
}
