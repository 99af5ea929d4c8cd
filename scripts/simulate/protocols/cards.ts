import type { Model } from "./speaker.ts";

/** GPUs of a program that does not say where they are: it is one machine, and they are parts of it. */
export const CARDS = [0, 1, 2] as const;

/** What one of them does of what all do. */
export const each = (all: number): number => all / CARDS.length;

/** A rig of them. */
export const rigOf = (model: string, hashrate: number, watts: number): readonly [Model] => [
  {
    model: `${CARDS.length} x ${model}`,
    hashrate: hashrate * CARDS.length,
    watts: watts * CARDS.length,
  },
];
