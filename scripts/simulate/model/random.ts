/** A seeded source of chance: the same seed gives the same numbers on every machine. */
export interface Random {
  /** Evenly spread in [0, 1). */
  next(): number;
  /** Mean 1: the gap between two events of a Poisson process. */
  exponential(): number;
  /** Mean 0, standard deviation 1. */
  gaussian(): number;
  /** That many lower-case hex digits. */
  hex(digits: number): string;
}

/** 32 bits of a text (FNV-1a), so that streams are named and not numbered. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/** One stream of chance per seed text (mulberry32). Two seeds give independent streams. */
export function createRandom(seed: string): Random {
  let state = hash32(seed);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const exponential = (): number => -Math.log(1 - next());
  return {
    next,
    exponential,
    gaussian: () => Math.sqrt(2 * exponential()) * Math.cos(2 * Math.PI * next()),
    hex: (digits) =>
      Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join(""),
  };
}
