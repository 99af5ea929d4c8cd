import { addTally, emptyTally, hasRoomFor, type Tally } from "./tally.ts";
import { compareTokens, type Token, tokenKey } from "./token.ts";

/** Tallies by token and algorithm. */
export interface Tallies {
  /** The tally of a token and algorithm; an empty one where there was none. */
  of(token: Token, algorithm: string): Tally;
  /** Adds all of another one's, or throws a RangeError and adds none: where a record could not hold a sum. */
  add(more: Tallies): void;
  /** By token and algorithm. */
  sorted(): Tally[];
}

const order = (a: Tally, b: Tally): number =>
  compareTokens(a.token, b.token) || (a.algorithm < b.algorithm ? -1 : 1);

/** No tallies. */
export function createTallies(): Tallies {
  const kept = new Map<string, Tally>();
  const keyOf = (token: Token, algorithm: string): string => `${tokenKey(token)}:${algorithm}`;
  const of = (token: Token, algorithm: string): Tally => {
    const key = keyOf(token, algorithm);
    const tally = kept.get(key) ?? emptyTally(token, algorithm);
    kept.set(key, tally);
    return tally;
  };
  return {
    of,
    add(more) {
      const added = more.sorted();
      for (const one of added) {
        const there = kept.get(keyOf(one.token, one.algorithm));
        if (hasRoomFor(there ?? emptyTally(one.token, one.algorithm), one)) continue;
        throw new RangeError(`token ${one.token.tokenId} has more windows than a record can hold`);
      }
      for (const one of added) addTally(of(one.token, one.algorithm), one);
    },
    sorted: () => [...kept.values()].sort(order),
  };
}
