import type { Ask, Driver } from "../../agent/drivers/driver.ts";
import { createRandom, type Random } from "../simulate/model/random.ts";
import { mutate, pick } from "./mutate.ts";
import type { Seed } from "./seeds.ts";
import { wildness } from "./tame.ts";

/** One spoilt set of replies. Seed and number make it again. */
interface Case {
  readonly driver: Driver;
  /** Where its replies come from, and which of them was changed. */
  readonly made: string;
  readonly replies: Readonly<Record<string, Uint8Array>>;
}

/** A case that a driver did not take well. */
export interface Failure {
  readonly number: number;
  readonly made: string;
  readonly fault: string;
}

/** Makes cases out of seeds; the same seed and number always make the same one. */
export class Spoiler {
  readonly #seed: string;
  readonly #byDriver: readonly (readonly Seed[])[];
  readonly #donors: readonly string[];

  /** `donors` are replies of whatever device, given to all drivers. Throws where there is nothing to spoil. */
  constructor(seed: string, seeds: readonly Seed[], donors: readonly Uint8Array[] = []) {
    this.#seed = seed;
    this.#byDriver = grouped(seeds.map(remembering));
    this.#donors = [...seeds.flatMap(({ replies }) => Object.values(replies)), ...donors].map(
      (reply) => Buffer.from(reply).toString("latin1"),
    );
  }

  /** Case number `number`: one reply of a device changed, or that of another device in its place. */
  make(number: number): Case {
    const random = createRandom(`${this.#seed}/${number}`);
    const { driver, name, replies } = this.#pickSeed(random);
    const ask = pick(random, Object.keys(replies));
    const isAlien = random.next() < 0.1;
    const donor = pick(random, this.#donors);
    const sound = isAlien ? donor : Buffer.from(replies[ask] ?? []).toString("latin1");
    const spoilt = Buffer.from(mutate(sound, random, donor), "latin1");
    const made = `${name} ${ask}${isAlien ? " of another device" : ""}`;
    return { driver, made, replies: { ...replies, [ask]: spoilt } };
  }

  // Every driver as often as any other, however many scenes it has.
  #pickSeed(random: Random): Seed {
    return pick(random, pick(random, this.#byDriver));
  }
}

/** A seed whose sound replies are decoded once for all cases: what differs between cases is one of them. */
function remembering(seed: Seed): Seed {
  const sound = new Set(Object.values(seed.replies));
  const decoded = new Map<Uint8Array, unknown>();
  const asks = Object.entries(seed.driver.asks).map(([name, ask]): [string, Ask] => {
    const decode = (reply: Uint8Array): unknown => {
      if (!sound.has(reply)) return ask.decode(reply);
      if (!decoded.has(reply)) decoded.set(reply, frozen(ask.decode(reply)));
      return decoded.get(reply);
    };
    return [name, { ...ask, decode }];
  });
  return { ...seed, driver: { ...seed.driver, asks: Object.fromEntries(asks) } };
}

/** No driver may change what was decoded: here it would throw, elsewhere it would change another reading. */
function frozen(doc: unknown): unknown {
  if (typeof doc === "object" && doc !== null && !ArrayBuffer.isView(doc)) {
    for (const held of Object.values(doc)) frozen(held);
    Object.freeze(doc);
  }
  return doc;
}

function grouped(seeds: readonly Seed[]): Seed[][] {
  const names = [...new Set(seeds.map(({ driver }) => driver.name))];
  return names.map((name) => seeds.filter(({ driver }) => driver.name === name));
}

const MOST_FAILURES = 20;

/** Puts cases `from` up to `to` to their drivers; stops early where very many fail. */
export function fuzz(spoiler: Spoiler, from: number, to: number): Failure[] {
  const failures: Failure[] = [];
  for (let number = from; number < to && failures.length < MOST_FAILURES; number += 1) {
    const { driver, made, replies } = spoiler.make(number);
    if (withoutTraces(() => wildness(driver, replies)) === undefined) continue;
    // Again, this time with a trace; and should it be tame now, that is a fault of its own.
    const fault = wildness(driver, replies) ?? "is wild once and tame the next time";
    failures.push({ number, made, fault });
  }
  return failures;
}

/** Most replies that are spoilt end in an exception that is expected, whose trace costs more than the rest. */
function withoutTraces<T>(run: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return run();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
