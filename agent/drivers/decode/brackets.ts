// Names are short, and bounded so that a long text without brackets is walked through once.
const FIELD = /([A-Za-z_][\w ]{0,31})\[([^[\]]*)\]/g;

/**
 * The fields of a text such as `Ver[8411803] Temp[36] FanR[100%] PS[0 1214 1316] SYSTEMSTATU[Work: In Work ]`: values by
 * name, trimmed, the first of two with one name. What stands outside of names and brackets is passed over; a last field
 * without its closing bracket is none.
 */
export function bracketed(text: string): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  for (const [, name = "", value = ""] of text.matchAll(FIELD)) {
    const key = name.trim();
    if (!found.has(key)) found.set(key, value.trim());
  }
  return Object.fromEntries(found);
}
