/**
 * What a JSON Pointer (RFC 6901) leads to, or undefined. Keys may hold blanks (`/STATS/1/GHS 5s`) but no `/`, which no
 * miner API has; only own properties count, so that `/constructor` leads nowhere.
 */
export function pointer(doc: unknown, path: string): unknown {
  let at = doc;
  for (const key of path.split("/").slice(1)) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

/** Where a row looks: the element that it is for (the whole reply outside of `each` and `devices`), and the reply. */
export interface Scope {
  readonly element: unknown;
  readonly reply: unknown;
  /** Pointer from the reply's top to the element; empty where it is the reply. */
  readonly path: string;
}

/** Like `pointer`, from the element, or from the top of the reply where the path starts with `^`. */
export function find({ element, reply }: Scope, path: string): unknown {
  return path.startsWith("^") ? pointer(reply, path.slice(1)) : pointer(element, path);
}

/** The pointer from the reply's top that `find` follows. */
export function absolute({ path }: Scope, to: string): string {
  return to.startsWith("^") ? to.slice(1) : `${path}${to}`;
}

/** True for what stands for "nothing here": absent and null are the same to a miner API. */
export function isAbsent(found: unknown): found is null | undefined {
  return found === undefined || found === null;
}

/** A plain object, as opposed to an array, a string or nothing. */
export function isRecord(found: unknown): found is Readonly<Record<string, unknown>> {
  return typeof found === "object" && found !== null && !Array.isArray(found);
}

/** An array, or one with nothing in it where there is none. For `derive`, where absence is then said by the table. */
export function listOf(found: unknown): readonly unknown[] {
  return Array.isArray(found) ? found : [];
}
