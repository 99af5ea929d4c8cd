import type { Random } from "./random.ts";

/** What happens to a device by itself, at an instant of its own time. */
export interface DeviceEvent {
  readonly atMs: number;
  /**
   * off: it hashes nothing, its socket refuses, and it starts anew afterwards, with its counters at 0.
   * silent: it goes on hashing, takes connections and answers none.
   */
  readonly kind: "off" | "silent";
  readonly forMs: number;
}

/** How often a device fails by chance, per day of its life, and for how long on average. */
export interface Misfortune {
  readonly restartsPerDay: number;
  readonly outagesPerDay: number;
  readonly outageMs: number;
}

const DAY_MS = 86_400_000;
/** A machine is away for a moment when it restarts. */
const RESTART_MS = 2000;

/** Events of a device in order of time: those that are scheduled, and those that chance brings. */
export class Events {
  readonly #scheduled: DeviceEvent[];
  readonly #chance: (() => DeviceEvent)[];
  readonly #drawn: DeviceEvent[];

  constructor(
    scheduled: readonly DeviceEvent[],
    misfortune: Misfortune,
    random: Random,
    fromMs: number,
  ) {
    this.#scheduled = scheduled
      .filter((event) => event.atMs >= fromMs)
      .sort((a, b) => a.atMs - b.atMs);
    this.#chance = [
      recurring(misfortune.restartsPerDay, fromMs, random, () => ({
        kind: "off" as const,
        forMs: RESTART_MS,
      })),
      recurring(misfortune.outagesPerDay, fromMs, random, () => ({
        kind: random.next() < 0.5 ? ("off" as const) : ("silent" as const),
        forMs: Math.ceil(misfortune.outageMs * random.exponential()),
      })),
    ];
    this.#drawn = this.#chance.map((draw) => draw());
  }

  /** When the next event is due; Infinity when none is. */
  nextAtMs(): number {
    return Math.min(this.#scheduled[0]?.atMs ?? Infinity, ...this.#drawn.map(({ atMs }) => atMs));
  }

  /** Takes the next event if it is due by then. */
  take(byMs: number): DeviceEvent | undefined {
    const dueMs = this.nextAtMs();
    if (dueMs > byMs) return undefined;
    if (this.#scheduled[0]?.atMs === dueMs) return this.#scheduled.shift();
    const which = this.#drawn.findIndex(({ atMs }) => atMs === dueMs);
    const due = this.#drawn[which];
    const draw = this.#chance[which];
    if (due && draw) this.#drawn[which] = draw();
    return due;
  }
}

function recurring(
  perDay: number,
  fromMs: number,
  random: Random,
  what: () => Pick<DeviceEvent, "kind" | "forMs">,
): () => DeviceEvent {
  let atMs = fromMs;
  return () => {
    atMs = perDay > 0 ? atMs + Math.ceil((random.exponential() * DAY_MS) / perDay) : Infinity;
    return { atMs, ...what() };
  };
}
