import type { Hex } from "../proto/hex.ts";
import type { Session } from "./attest/session.ts";
import type { Timeline } from "./attest/timeline.ts";
import type { Device } from "./core/device.ts";
import { ERRORS, type ErrorCode } from "./core/errors.ts";
import type { Clock } from "./core/ports.ts";
import type { Condition, Reading } from "./core/reading.ts";
import type { Outage, Sample } from "./core/sample.ts";
import type { Inventory } from "./sampler/inventory.ts";
import type {
  DeliveryStatus,
  DeviceStatus,
  FaultStatus,
  StatusSnapshot,
  StatusSource,
} from "./status/snapshot.ts";
import type { Chain } from "./store/chain.ts";
import type { SampleStore } from "./store/samples.ts";
import type { Windows } from "./store/windows.ts";
import type { Carrier } from "./transport/carrier.ts";
import type { Sender } from "./transport/sender.ts";

export interface SnapshotParts {
  readonly rig: Hex;
  readonly coordinator: Hex;
  readonly clock: Clock;
  readonly chain: Chain;
  readonly windows: Windows;
  readonly samples: SampleStore;
  readonly inventory: Inventory;
  readonly session: Session;
  readonly timeline: Timeline;
  readonly sender: Sender;
  readonly carrier: Carrier;
}

/** What one source last said of one device. */
interface Seen {
  readonly sample?: Sample;
  readonly outage?: Outage;
}

/** Each quantity once: where a miner and a sensor both tell it, the sensor's word, which measures the thing itself. */
function firstOfEach(samples: readonly Sample[]): Reading[] {
  const sorted = samples.toSorted((a, b) => (a.role === b.role ? 0 : a.role === "sensor" ? -1 : 1));
  const found = new Map<string, Reading>();
  for (const reading of sorted.flatMap(({ readings }) => readings)) {
    const key = `${reading.metric} ${reading.part} ${reading.algorithm ?? ""}`;
    if (!found.has(key)) found.set(key, reading);
  }
  return [...found.values()];
}

/** What an outage says of a device goes before what it said of itself; of several sources the miner's word counts. */
function conditionOf(
  samples: readonly Sample[],
  outage: Outage | undefined,
): { condition?: Condition } {
  const said = [...samples]
    .sort((a, b) => Number(b.role === "miner") - Number(a.role === "miner"))
    .find(({ condition }) => condition !== undefined)?.condition;
  if (outage?.code === "driver-auth") return { condition: { ...said, state: "auth-failed" } };
  if (outage !== undefined) return { condition: { ...said, state: "unreachable" } };
  return said === undefined ? {} : { condition: said };
}

/** Puts together what the status shows: the newest word of every source, and how delivery stands. */
export class Snapshots implements StatusSource {
  readonly #parts: SnapshotParts;
  readonly #startedMs: number;
  /** By device, then by source. */
  readonly #seen = new Map<string, Map<string, Seen>>();
  /** Sources that never named a device: their outage is all there is to show. */
  readonly #silent = new Map<string, Outage>();
  readonly #since = new Map<string, number>();

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
    this.#startedMs = parts.clock.monotonicMs();
  }

  sampled(sample: Sample): void {
    this.#silent.delete(sample.source);
    this.#of(sample.deviceId).set(sample.source, { sample });
  }

  failed(outage: Outage, device: Device | undefined): void {
    if (device === undefined) {
      this.#silent.set(outage.source, outage);
      return;
    }
    const of = this.#of(device.id);
    const before = of.get(outage.source)?.sample;
    of.set(outage.source, { ...(before === undefined ? {} : { sample: before }), outage });
  }

  snapshot(): StatusSnapshot {
    const { rig, coordinator, clock, timeline, inventory } = this.#parts;
    const ahead = timeline.aheadMs();
    const known = inventory.known();
    const ids = new Set(known.map(({ device }) => device.id));
    for (const id of this.#seen.keys()) if (!ids.has(id)) this.#seen.delete(id);
    return {
      rig,
      coordinator,
      atMs: clock.wallMs(),
      uptimeMs: Math.round(clock.monotonicMs() - this.#startedMs),
      devices: known.map(({ device }) => this.#device(device)),
      delivery: this.#delivery(),
      clock: {
        trusted: timeline.offset() !== undefined,
        ...(ahead === undefined ? {} : { offsetMs: -ahead }),
      },
      faults: this.#faults(),
    };
  }

  #of(deviceId: string): Map<string, Seen> {
    const of = this.#seen.get(deviceId) ?? new Map<string, Seen>();
    this.#seen.set(deviceId, of);
    return of;
  }

  #device({ id, kind, label, identity, unproven }: Device): DeviceStatus {
    const seen = [...this.#of(id).values()];
    const samples = seen.flatMap(({ sample }) => (sample === undefined ? [] : [sample]));
    // A miner in outage is an outage of the device, whatever its sensors still say.
    const outage = seen.find((one) => one.outage !== undefined)?.outage;
    const newestMs = Math.max(...samples.map(({ monotonicMs }) => monotonicMs));
    return {
      id,
      kind,
      label,
      identity,
      unproven,
      state: outage !== undefined ? "outage" : samples.length > 0 ? "ok" : "waiting",
      ...(samples.length === 0
        ? {}
        : { sampleAgeMs: Math.round(this.#parts.clock.monotonicMs() - newestMs) }),
      readings: firstOfEach(samples),
      problems: samples.flatMap(({ problems }) => problems),
      ...conditionOf(samples, outage),
      ...(outage === undefined ? {} : { outage: { code: outage.code, why: outage.why } }),
    };
  }

  #delivery(): DeliveryStatus {
    const { chain, windows, session, sender, carrier, clock } = this.#parts;
    const delivery = chain.delivery();
    const head = chain.head();
    const { connected } = carrier.state();
    const { lastRefusal } = sender.state();
    const windowSeconds = windows.lengthSeconds();
    return {
      connected,
      outbox: delivery.outbox,
      unsigned: windows.counts().waiting,
      ...(delivery.oldestUnansweredS === undefined
        ? {}
        : {
            oldestUnreceiptedMs: Math.max(
              0,
              Math.round(clock.wallMs() - delivery.oldestUnansweredS * 1000),
            ),
          }),
      ...(delivery.lastReceipt === undefined
        ? {}
        : {
            lastReceipt: {
              sequence: delivery.lastReceipt.sequence,
              era: delivery.lastReceipt.era,
              atMs: delivery.lastReceipt.receivedAtS * 1000,
            },
          }),
      ...(lastRefusal === undefined ? {} : { lastRefusal }),
      ...(head === undefined ? {} : { sequence: head.sequence, headDigest: head.digest }),
      ...(session.era === 0 ? {} : { era: session.era }),
      ...(windowSeconds === undefined ? {} : { windowSeconds }),
    };
  }

  #faults(): FaultStatus[] {
    const { session, carrier, samples, timeline } = this.#parts;
    const link = carrier.state();
    const found: [code: ErrorCode, about: string, stopsWork: boolean][] = [];
    if (!link.connected)
      found.push(["transport-unreachable", link.fault ?? `connecting to ${link.address}`, false]);
    else if (session.standing === "greeting" || session.standing === "again") {
      found.push(["transport-no-welcome", "the coordinator has not granted an era yet", false]);
    }
    if (session.standing === "halted")
      found.push(["attest-other-chain", ERRORS["attest-other-chain"].about, true]);
    if (samples.state().failing)
      found.push(["store-failed", "samples cannot be written and wait in memory", true]);
    if (timeline.offset() === undefined) {
      found.push([
        "attest-no-time",
        "the wall clock is wrong and the coordinator's time is not known yet",
        true,
      ]);
    }
    for (const { device, places } of this.#parts.inventory.twins())
      found.push([
        "sampler-same-device",
        `${device.label} answers as ${places.join(" and as ")}`,
        false,
      ]);
    for (const outage of this.#silent.values())
      found.push([outage.code, `${outage.source}: ${outage.why}`, false]);
    return found.map(([code, message, stopsWork]) => ({
      code,
      message,
      sinceAtMs: this.#sinceOf(code, message),
      stopsWork,
    }));
  }

  /** When a fault was first seen in one run of looks; what is gone is forgotten at the next look that lacks it. */
  #sinceOf(code: string, message: string): number {
    const key = `${code} ${message}`;
    const since = this.#since.get(key) ?? this.#parts.clock.wallMs();
    if (this.#since.size > 100) this.#since.clear();
    this.#since.set(key, since);
    return since;
  }
}
