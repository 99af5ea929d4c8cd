import { garbled, textOf } from "./text.ts";

/** A record of the ccminer API: values as they came, by key. */
export type Pairs = Readonly<Record<string, string>>;

/**
 * Decodes the text of the ccminer API: records that each end with `|`, of pairs `KEY=value` between semicolons. A value
 * may hold further `=`. Throws `driver-garbled` where the last record has no end, or a record holds no pair at all.
 * https://github.com/tpruvot/ccminer/wiki/Using-the-API
 */
export function pairs(reply: Uint8Array): readonly Pairs[] {
  const text = textOf(reply);
  // A cut reply would end inside a number, and half a number is another number.
  if (!text.endsWith("|")) throw garbled("the reply does not end as its records do", text);
  const records = text
    .split("|")
    .map((record) => record.trim())
    .filter((record) => record !== "")
    .map((record) => pairsOf(record));
  if (records.length === 0 || records.some((record) => Object.keys(record).length === 0))
    throw garbled("the reply holds a record without pairs", text);
  return records;
}

function pairsOf(record: string): Pairs {
  const found = record.split(";").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at <= 0 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const];
  });
  return Object.fromEntries(found);
}
