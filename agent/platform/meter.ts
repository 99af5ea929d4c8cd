import type { Meter } from "../core/ports.ts";

/** One counter as it stands. */
export interface Count {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Counters in memory, since the start of the process. */
export class CountingMeter implements Meter {
  readonly #counts = new Map<
    string,
    { name: string; labels: Readonly<Record<string, string>>; value: number }
  >();

  count(name: string, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify([name, sorted]);
    const held = this.#counts.get(key);
    if (held) held.value += by;
    else this.#counts.set(key, { name, labels: Object.fromEntries(sorted), value: by });
  }

  /** Every counter that was counted at least once, in order of name. */
  snapshot(): readonly Count[] {
    return [...this.#counts.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { name, labels, value }]) => ({ name, labels, value }));
  }
}
