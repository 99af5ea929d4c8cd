/** Where a value stands in a JSON document. */
export type JsonPath = readonly (string | number)[];

/** Every place of a document that holds a text, a number or null. */
export function leafPaths(value: unknown, path: JsonPath = []): JsonPath[] {
  if (Array.isArray(value)) return value.flatMap((member, i) => leafPaths(member, [...path, i]));
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, member]) => leafPaths(member, [...path, key]));
  }
  return [path];
}

/** A copy of a document in which one leaf says something else of the same kind. */
export function withOtherLeaf(document: unknown, path: JsonPath): unknown {
  const copy: unknown = structuredClone(document);
  let parent = copy as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) parent = parent[step] as Record<string | number, unknown>;
  const last = path.at(-1) ?? "";
  parent[last] = other(parent[last]);
  return copy;
}

function other(value: unknown): unknown {
  if (typeof value === "number") return value + 1;
  if (typeof value !== "string") return "0";
  const end = value.at(-1) ?? "";
  const next = /[0-8]/.test(end) ? String(Number(end) + 1) : end === "9" ? "8" : undefined;
  const hex = value.startsWith("0x") && next === undefined;
  return `${value.slice(0, -1)}${next ?? (hex ? (end === "f" ? "e" : "f") : `${end}x`)}`;
}
