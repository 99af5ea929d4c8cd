import { DOUBT } from "../../proto/attestation.ts";
import type { Replies } from "../../proto/replies.ts";
import type { Device } from "../core/device.ts";
import { asRigError, isAbort, RigError } from "../core/errors.ts";
import { type Clock, type Log, type Meter, pause } from "../core/ports.ts";
import type { Reading, Report } from "../core/reading.ts";
import { AFTER_GAP, type Outage, type Sample, type SourceRole } from "../core/sample.ts";
import { type Counters, countersOf, incrementsBetween } from "./increments.ts";
import type { Inventory, ReportingSource } from "./inventory.ts";
import { isFrozen, type Stillness, stillnessOf } from "./stillness.ts";

/** What one ask of a source brought. */
export interface Answer {
  readonly reports: readonly Report[];
  /** Verbatim, by the name of the ask. */
  readonly replies: Replies;
}

/** Something that can be asked. */
export interface AskableSource extends ReportingSource {
  readonly role: SourceRole;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** One ask; rejects with a RigError when nothing came. Must give up when the signal aborts. */
  ask(signal: AbortSignal): Promise<Answer>;
}

/** Where samples and outages go. */
interface Sink {
  sample(sample: Sample, device: Device): void;
  outage(outage: Outage, device: Device | undefined): void;
}

export interface SamplerOptions {
  readonly sources: readonly AskableSource[];
  readonly inventory: Inventory;
  readonly sink: Sink;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  /** Between 0 and 1; spreads the first asks over an interval. */
  readonly random: () => number;
}

/** A sample stands for at most this many intervals: a device that was silent for longer is not credited for it. */
const MAX_SPAN_INTERVALS = 1.5;
/** A source in outage is asked ever less often, down to once in so many intervals. */
const MAX_BACKOFF_INTERVALS = 8;
/** So many sources are spread over their whole interval. */
const MANY_SOURCES = 200;
/** How long after its timeout an ask is waited for: a link that ignores its signal must not stop the source for good. */
const ABANDON_MS = 1000;

/** Devices of one source that are remembered; more are not honest. */
const MAX_PAST = 1024;

interface Past {
  readonly monotonicMs: number;
  readonly counters: Counters;
  readonly still: Stillness | undefined;
}

/** Asks every source on its own schedule. One that hangs, fails or lies never delays another. */
export class Sampler {
  readonly #options: SamplerOptions;
  readonly #abort = new AbortController();
  #turns: Promise<void>[] = [];

  constructor(options: SamplerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { sources, random } = this.#options;
    // The first figures are wanted soon; of many sources each has its own place in the interval, so that they never
    // come all at once.
    const spread = Math.min(1, 0.25 + sources.length / MANY_SOURCES);
    this.#turns = sources.map((source, n) =>
      new Turn(source, this.#options, this.#abort.signal).run(
        ((n + random()) / sources.length) * spread * source.intervalMs,
      ),
    );
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await Promise.all(this.#turns);
  }
}

/** The life of one source. */
class Turn {
  readonly #source: AskableSource;
  readonly #options: SamplerOptions;
  readonly #signal: AbortSignal;
  readonly #past = new Map<string, Past>();
  #failures = 0;
  #lastCode: string | undefined;

  constructor(source: AskableSource, options: SamplerOptions, signal: AbortSignal) {
    this.#source = source;
    this.#options = options;
    this.#signal = signal;
  }

  /** Asks for the first time after so many ms, and then at every interval. */
  async run(firstMs: number): Promise<void> {
    const { clock } = this.#options;
    const { intervalMs } = this.#source;
    let nextMs = clock.monotonicMs() + firstMs;
    while (!this.#signal.aborted) {
      await pause(clock, Math.max(0, nextMs - clock.monotonicMs()), this.#signal);
      if (this.#signal.aborted) return;
      await this.#bounded();
      const stepMs = intervalMs * Math.min(2 ** this.#failures, MAX_BACKOFF_INTERVALS);
      // From the schedule, not from now: no drift. Missed turns are skipped, not made up for.
      nextMs += stepMs;
      const lateMs = clock.monotonicMs() - nextMs;
      if (lateMs > 0) nextMs += Math.ceil(lateMs / intervalMs) * intervalMs;
    }
  }

  /** A source's turns go on whatever a sink throws: a disk that fails must not end the sampling. */
  async #bounded(): Promise<void> {
    try {
      await this.#turn();
    } catch (thrown) {
      const error = asRigError(thrown);
      this.#options.meter.count("rig_errors_total", { code: error.code });
      this.#options.log.error("a sample could not be kept", { source: this.#source.name }, error);
    }
  }

  async #turn(): Promise<void> {
    const { meter } = this.#options;
    let answer: Answer;
    try {
      answer = await this.#ask();
    } catch (thrown) {
      if (this.#signal.aborted && isAbort(thrown)) return;
      const error = asRigError(thrown);
      meter.count("rig_errors_total", { code: error.code });
      this.#unanswered(error);
      return;
    }
    this.#answered();
    for (const report of answer.reports) this.#take(report, answer.replies);
  }

  #ask(): Promise<Answer> {
    const { clock } = this.#options;
    const { name, timeoutMs } = this.#source;
    const ask = new AbortController();
    return new Promise((resolve, reject) => {
      const late = (): RigError =>
        new RigError("driver-timeout", `${name} did not answer in ${timeoutMs} ms`, {
          source: name,
        });
      const stopNow = (): void => ask.abort();
      const cancels = [
        clock.after(timeoutMs, () => ask.abort()),
        clock.after(timeoutMs + ABANDON_MS, () => settle(() => reject(late()))),
      ];
      const settle = (how: () => void): void => {
        for (const cancel of cancels) cancel();
        this.#signal.removeEventListener("abort", stopNow);
        how();
      };
      this.#signal.addEventListener("abort", stopNow, { once: true });
      this.#source.ask(ask.signal).then(
        (answer) => settle(() => resolve(answer)),
        (thrown: unknown) =>
          settle(() => reject(isAbort(thrown) && !this.#signal.aborted ? late() : thrown)),
      );
    });
  }

  #answered(): void {
    if (this.#lastCode !== undefined) {
      this.#options.log.info("a source answers again", {
        source: this.#source.name,
        failures: this.#failures,
      });
    }
    this.#failures = 0;
    this.#lastCode = undefined;
  }

  #unanswered(error: RigError): void {
    const { clock, inventory, log, sink } = this.#options;
    const { name } = this.#source;
    this.#failures += 1;
    if (this.#lastCode !== error.code) {
      log.warn("a source does not answer", { source: name, address: this.#source.address }, error);
    }
    this.#lastCode = error.code;
    const outage = {
      source: name,
      atMs: clock.wallMs(),
      monotonicMs: clock.monotonicMs(),
      bootId: clock.bootId,
      code: error.code,
      why: error.message.slice(0, 200),
    };
    const devices = inventory.of(name);
    if (devices.length === 0) sink.outage({ ...outage, deviceId: "" }, undefined);
    for (const device of devices) sink.outage({ ...outage, deviceId: device.id }, device);
  }

  #take(report: Report, replies: Replies): void {
    const { clock, inventory, sink } = this.#options;
    const { name, role, intervalMs, unproven } = this.#source;
    const device = inventory.resolve(this.#source, report);
    if (device === undefined) return;
    const monotonicMs = clock.monotonicMs();
    const past = this.#past.get(device.id);
    const still = stillnessOf(past?.still, report.readings, monotonicMs);
    const sample: Sample = {
      deviceId: device.id,
      source: name,
      role,
      atMs: Math.round(clock.wallMs()),
      monotonicMs,
      bootId: clock.bootId,
      spanMs:
        past === undefined
          ? 0
          : Math.min(monotonicMs - past.monotonicMs, MAX_SPAN_INTERVALS * intervalMs),
      readings: report.readings.map(withoutPath),
      problems: report.problems,
      increments: past === undefined ? [] : incrementsBetween(past.counters, report.readings),
      ...(report.condition === undefined ? {} : { condition: report.condition }),
      doubts:
        doubtsOf(report.readings, unproven) |
        (isFrozen(still, monotonicMs) ? DOUBT.frozen : 0) |
        (past !== undefined && monotonicMs - past.monotonicMs > MAX_SPAN_INTERVALS * intervalMs
          ? AFTER_GAP
          : 0) |
        (inventory.hasChanged(device.id) ? DOUBT.identityChanged : 0),
      replies,
    };
    if (this.#past.size >= MAX_PAST) this.#past.clear();
    this.#past.set(device.id, {
      monotonicMs,
      counters: mergeCounters(past?.counters, countersOf(report.readings)),
      still,
    });
    sink.sample(sample, device);
  }
}

/** Where a value stood can be looked up in the reply; with every stored sample it would be most of it. */
function withoutPath({ path: _, ...reading }: Reading): Reading {
  return reading;
}

function doubtsOf(readings: readonly Reading[], unproven: boolean): number {
  const inferred = readings.some((reading) => reading.inferred === true);
  return (unproven ? DOUBT.unproven : 0) | (inferred ? DOUBT.unitInferred : 0);
}

/** A counter that a reply leaves out for once keeps its last value, so that what grew meanwhile is not lost. */
function mergeCounters(before: Counters | undefined, now: Counters): Counters {
  return before === undefined
    ? now
    : { values: new Map([...before.values, ...now.values]), uptime: now.uptime ?? before.uptime };
}
