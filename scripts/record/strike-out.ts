import { MadeUp } from "./made-up.ts";
import { strikeMembers } from "./private-members.ts";
import { strikePairs } from "./private-pairs.ts";
import { strikeShapes } from "./private-shapes.ts";

/** What no text holds: control characters other than those of lines, and the zero that ends a reply. */
const NO_TEXT = /[^\P{Cc}\t\n\r\0]/u;

/** What a driver reads as private in the replies: where they stand, nothing may tell it. */
export interface Learned {
  /** Workers, serial numbers. */
  readonly secrets: readonly string[];
  /** Pools, addresses. */
  readonly places: readonly string[];
}

/**
 * Replaces what tells a person, a site or a wallet in replies by made-up values, the same value by the same one in all
 * replies of a recording, and touches nothing else: broken JSON stays as broken as it was.
 */
export class StrikeOut {
  readonly #made = new MadeUp();
  readonly #learned: Learned;

  constructor(learned: Learned = { secrets: [], places: [] }) {
    this.#learned = learned;
  }

  /** Bytes that are text come back as text without secrets; others come back empty, since nobody could check them. */
  reply(bytes: Uint8Array): Uint8Array {
    const text = Buffer.from(bytes).toString("utf8");
    if (!Buffer.from(text, "utf8").equals(bytes) || NO_TEXT.test(text)) return new Uint8Array();
    return Buffer.from(this.text(text), "utf8");
  }

  text(text: string): string {
    const named = strikePairs(strikeMembers(text, this.#made), this.#made);
    return strikeShapes(this.#known(named), this.#made);
  }

  /** Whole strings and cells that are one of the values that were read as private elsewhere. */
  #known(text: string): string {
    const made = this.#made;
    const { secrets, places } = this.#learned;
    const all = new Map([
      ...places.map((value) => [value, made.place(value)] as const),
      ...secrets.map((value) => [value, made.secret(value)] as const),
    ]);
    let struck = text;
    for (const [value, by] of all)
      if (value.length > 2 && value !== by) struck = replaceWhole(struck, value, by);
    return struck;
  }
}

function replaceWhole(text: string, value: string, by: string): string {
  const written = [value, JSON.stringify(value).slice(1, -1), value.replaceAll("/", "\\/")];
  let struck = text;
  for (const form of new Set(written)) {
    const whole = new RegExp(`(?<=["'=|;,>])${literal(form)}(?=["'|;,<&])(?!["']\\s*:)`, "g");
    struck = struck.replaceAll(whole, () => by);
  }
  return struck;
}

function literal(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}-]/g, "\\$&");
}
