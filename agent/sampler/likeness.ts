import type { Identity } from "../core/reading.ts";
import { tokensOf } from "./device-id.ts";

/** What a device is made of. Another firmware, pool or name is ordinary; another of these is not. */
const HARDWARE = ["serial", "mac", "uuid", "model"] as const;
type Part = (typeof HARDWARE)[number];

/** Spellings of one part of one device, and devices, that are remembered; more are not honest. */
const MAX_SPELLINGS = 8;
const MAX_DEVICES = 4096;

type Spellings = Partial<Record<Part, Set<string>>>;

interface Known {
  /** As it was spelt together with the fact that its id was made of. */
  readonly own: Spellings;
  /** As it was spelt since without that fact: its own, should the fact come back. */
  readonly claimed: Spellings;
}

/** How each device has spelt what it is made of. One that spells it by turns has not changed. */
export class Likeness {
  readonly #known = new Map<string, Known>();

  /**
   * Parts that are spelt as never before by a device, whose identity was `before`. `isConfirmed`: the fact that its id
   * was made of was told with them, so that they are its own from now on; otherwise they stay strange until it is.
   */
  strange(id: string, before: Identity, now: Identity, isConfirmed: boolean): Part[] {
    const { own, claimed } = this.#of(id, before);
    const parts = HARDWARE.filter((part) => {
      const word = now[part];
      if (word === undefined || own[part]?.has(word)) return false;
      return !isConfirmed || !claimed[part]?.has(word);
    });
    if (isConfirmed) for (const part of HARDWARE) note(own, part, ...(claimed[part] ?? []));
    for (const part of HARDWARE)
      if (now[part] !== undefined) note(isConfirmed ? own : claimed, part, now[part]);
    if (isConfirmed) for (const part of HARDWARE) claimed[part]?.clear();
    return parts;
  }

  /** True where a MAC or UUID is told that the device, whose identity was `before`, never had. */
  contradicts(id: string, before: Identity, now: Identity): boolean {
    const { own } = this.#of(id, before);
    return (["uuid", "mac"] as const).some((kind) => {
      const told = tokenOf(kind, now[kind]);
      const had = [...(own[kind] ?? [])].map((word) => tokenOf(kind, word)).filter(Boolean);
      return told !== undefined && had.length > 0 && !had.includes(told);
    });
  }

  #of(id: string, before: Identity): Known {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    if (this.#known.size >= MAX_DEVICES) this.#known.clear();
    const made: Known = { own: {}, claimed: {} };
    for (const part of HARDWARE) if (before[part] !== undefined) note(made.own, part, before[part]);
    this.#known.set(id, made);
    return made;
  }
}

/** The parts of an identity that tell what a device is made of. */
export function hardwareOf(identity: Identity): Identity {
  return Object.fromEntries(
    HARDWARE.flatMap((part) => (identity[part] === undefined ? [] : [[part, identity[part]]])),
  );
}

const tokenOf = (kind: "uuid" | "mac", word: string | undefined): string | undefined =>
  tokensOf(word === undefined ? {} : { [kind]: word })[0]?.value;

function note(spellings: Spellings, part: Part, ...words: readonly string[]): void {
  const known = spellings[part] ?? new Set<string>();
  spellings[part] = known;
  for (const word of words) if (known.size < MAX_SPELLINGS) known.add(word);
}
