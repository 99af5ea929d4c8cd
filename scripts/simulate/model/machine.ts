import { type DeviceEvent, Events, type Misfortune } from "./events.ts";
import { History, type Truth } from "./history.ts";
import { createRandom, type Random } from "./random.ts";
import { Shares } from "./shares.ts";

/** What a hashing machine is: one ASIC, one GPU, one CPU. */
export interface MachineTraits {
  /** H/s when warm. */
  readonly hashrate: number;
  /** Standard deviation of the hashrate, of 1. */
  readonly noise: number;
  readonly warmUpMs: number;
  /** ramp: the rate climbs from 0. wait: nothing until it is ready (a GPU builds its DAG under full load). */
  readonly warmUp: "ramp" | "wait";
  /** W at full load, and with nothing to do. */
  readonly watts: number;
  readonly idleWatts: number;
  readonly ambientCelsius: number;
  /** Chip temperature above ambient at full load. */
  readonly riseCelsius: number;
  readonly difficulty: number;
  readonly hashesPerDifficulty: number;
  /** Shares that the pool refuses, of 1. */
  readonly rejectedRatio: number;
  readonly misfortune: Misfortune;
  /** Instants on the machine's clock. */
  readonly schedule: readonly DeviceEvent[];
}

/** What a machine knows of itself at an instant. Counters are since its newest start. */
export interface MachineState {
  readonly atMs: number;
  readonly uptimeSeconds: number;
  /** H/s now, and means over the last seconds or since the start. */
  readonly rate: number;
  mean(seconds: number): number;
  readonly meanSinceStart: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly bestDifficulty: number;
  readonly newestShareAtMs: number | undefined;
  readonly difficulty: number;
  readonly watts: number;
  readonly chipCelsius: number;
  /** How hard the fans are driven, of 1. */
  readonly fanDuty: number;
  /** Time in which the chips were busy, of 1. */
  readonly busy: number;
  readonly off: boolean;
  readonly silent: boolean;
}

const STEP_MS = 1000;
/** How fast a chip warms up and cools down. */
const THERMAL_MS = 20_000;
/** Noise remembers its last step, as a real rate does, instead of jumping about. */
const MEMORY = 0.8;

/**
 * A machine that hashes: driven by the instants it is given, it keeps exact account of the hashes it truly did.
 * The same seed, start and instants of restart give the same life, however often it is looked at.
 */
export class Machine {
  readonly traits: MachineTraits;
  readonly #history = new History();
  readonly #noise: Random;
  readonly #shares: Shares;
  readonly #events: Events;
  #atMs: number;
  #endMs: number;
  #startedMs: number;
  #offUntilMs = -Infinity;
  #silentUntilMs = -Infinity;
  #rate = 0n;
  #done = 0n;
  #joules = 0;
  #watts = 0;
  #busy = 0;
  #drift = 0;
  #celsius: number;

  /** `seed` names its own chance, `fate` that of its restarts and outages (GPUs of one miner share it). */
  constructor(traits: MachineTraits, startMs: number, seed: string, fate = seed) {
    this.traits = traits;
    this.#noise = createRandom(`${seed}/noise`);
    this.#shares = new Shares(
      createRandom(`${seed}/shares`),
      traits.difficulty,
      traits.difficulty * traits.hashesPerDifficulty,
      traits.rejectedRatio,
    );
    this.#events = new Events(
      traits.schedule,
      traits.misfortune,
      createRandom(`${fate}/fate`),
      startMs,
    );
    this.#atMs = startMs;
    this.#endMs = startMs;
    this.#startedMs = startMs;
    this.#celsius = traits.ambientCelsius;
  }

  /** Lives up to that instant (whole ms). An earlier one changes nothing. */
  advance(toMs: number): void {
    while (this.#atMs < toMs) {
      if (this.#atMs >= this.#endMs) this.#begin();
      this.#live(Math.min(this.#endMs, toMs));
    }
  }

  /** Starts anew, after being off for a while: counters and uptime from 0. */
  restart(atMs: number, offMs = 0): void {
    this.advance(atMs);
    this.#switchOff(offMs);
    this.#endMs = this.#atMs;
  }

  /** What it says of itself at that instant. */
  state(atMs: number): MachineState {
    this.advance(atMs);
    const { accepted, rejected, best, newestAt } = this.#shares.counts;
    return {
      atMs: this.#atMs,
      uptimeSeconds: Math.max(0, Math.floor((this.#atMs - this.#startedMs) / 1000)),
      rate: Number(this.#rate),
      mean: (seconds) => this.#mean(seconds * 1000),
      meanSinceStart: this.#mean(Infinity),
      accepted,
      rejected,
      bestDifficulty: best,
      newestShareAtMs: newestAt === undefined ? undefined : this.#instantOf(newestAt),
      difficulty: this.traits.difficulty,
      watts: this.#watts,
      chipCelsius: this.#celsius,
      fanDuty: Math.min(1, Math.max(0.2, (this.#celsius - 30) / 50)),
      busy: this.#busy,
      off: this.#atMs < this.#offUntilMs,
      silent: this.#atMs < this.#silentUntilMs,
    };
  }

  /** What it had truly done by then; undefined for the future and for what lies too far back. */
  truth(atMs: number): Truth | undefined {
    return atMs > this.#atMs ? undefined : this.#history.truthAt(atMs);
  }

  #begin(): void {
    for (let due = this.#events.take(this.#atMs); due; due = this.#events.take(this.#atMs)) {
      if (due.kind === "off") this.#switchOff(due.forMs);
      else this.#silentUntilMs = this.#atMs + due.forMs;
    }
    const off = this.#atMs < this.#offUntilMs;
    this.#drift = MEMORY * this.#drift + Math.sqrt(1 - MEMORY ** 2) * this.#noise.gaussian();
    const load = off ? 0 : this.#load();
    const warming = load < 1;
    const waits = !off && warming && this.traits.warmUp === "wait";
    const swing = 1 + this.traits.noise * Math.max(-3, Math.min(3, this.#drift));
    this.#rate = waits ? 0n : BigInt(Math.round(this.traits.hashrate * load * swing));
    this.#busy = waits ? 1 : load;
    this.#watts =
      this.traits.idleWatts + (this.traits.watts - this.traits.idleWatts) * this.#busy * swing;
    this.#endMs = Math.min(
      this.#atMs + STEP_MS,
      this.#events.nextAtMs(),
      off ? this.#offUntilMs : Infinity,
    );
    this.#history.add({
      startMs: this.#atMs,
      doneBefore: this.#done,
      joulesBefore: this.#joules,
      rate: this.#rate,
      watts: this.#watts,
    });
  }

  /** How far it has warmed up, of 1: the middle of the step stands for it. */
  #load(): number {
    const age = this.#atMs + STEP_MS / 2 - this.#startedMs;
    return this.traits.warmUpMs <= 0 ? 1 : Math.min(1, age / this.traits.warmUpMs);
  }

  #live(toMs: number): void {
    const elapsed = toMs - this.#atMs;
    this.#done += this.#rate * BigInt(elapsed);
    this.#joules += (this.#watts * elapsed) / 1000;
    const target = this.traits.ambientCelsius + this.traits.riseCelsius * this.#busy;
    this.#celsius = target + (this.#celsius - target) * Math.exp(-elapsed / THERMAL_MS);
    this.#atMs = toMs;
    this.#shares.work(this.#done);
  }

  #switchOff(forMs: number): void {
    this.#offUntilMs = this.#atMs + forMs;
    this.#startedMs = this.#offUntilMs;
    this.#silentUntilMs = -Infinity;
    this.#shares.reset();
  }

  #mean(overMs: number): number {
    const fromMs = Math.max(this.#startedMs, this.#atMs - overMs, this.#history.oldestMs);
    const before = this.#history.doneAt(fromMs);
    if (before === undefined || fromMs >= this.#atMs) return 0;
    return Number(this.#done - before) / (this.#atMs - fromMs);
  }

  /** Within the newest steps, where a share can have been found. */
  #instantOf(done: bigint): number {
    const rate = Number(this.#rate) || this.traits.hashrate;
    return Math.max(this.#startedMs, Math.round(this.#atMs - Number(this.#done - done) / rate));
  }
}
