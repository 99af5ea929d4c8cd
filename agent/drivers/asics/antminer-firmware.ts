import { isRecord, listOf, pointer } from "../pointer.ts";

/** What may run on Antminer hardware and speak the cgminer API. */
export type Firmware = "stock" | "hiveon" | "mskminer" | "vnish" | "luxos" | "marathon";

// A name of its own goes before the model's, which most of them go on saying. First match counts.
const NAMED: readonly (readonly [Firmware, RegExp])[] = [
  ["marathon", /marafw|mara fw|kaonsu/i],
  ["luxos", /luxminer/i],
  ["vnish", /vnish/i],
  ["hiveon", /hiveon/i],
];

/**
 * Which firmware answered `version` or `stats`, told from the reply's own first member; undefined for what is none of these.
 * The stock web page stands before several of them, so that nothing else tells them apart.
 */
export function firmwareOf(version: unknown, stats: unknown): Firmware | undefined {
  const heads = [pointer(version, "/VERSION/0"), listOf(pointer(stats, "/STATS"))[0]].filter(
    isRecord,
  );
  const words = heads.flatMap((head) => [...Object.keys(head), ...Object.values(head)].map(String));
  const [named] = NAMED.find(([, name]) => words.some((word) => name.test(word))) ?? [];
  if (named !== undefined) return named;
  // MSKMiner does not say its name; the suffix is that of the cgminer fork it is built on, as Hiveon's is.
  if (heads.some((head) => / rwglr$/.test(String(head["BMMiner"])))) return "mskminer";
  const types = [...heads.map((head) => head["Type"]), pointer(stats, "/INFO/type")];
  return types.some((type) => String(type).startsWith("Antminer")) ? "stock" : undefined;
}

/** The model as a device names itself, without what a firmware adds to it; undefined where none of the texts is a name. */
export function modelOf(...types: readonly unknown[]): string | undefined {
  const type = types.find((one): one is string => typeof one === "string" && one.trim() !== "");
  return type
    ?.replace(RELEASE, "")
    .replace(/ Hiveon$/i, "")
    .trim();
}

// `S19-88 v.2.6.0.39`, `Antminer S9 Pro (v5.1)`, `Antminer S9 (vnish 3.8.6)`.
const RELEASE = /\s\(?(?:vnish |v\.?)(\d+\.[\w.-]+)\)?\s*$/i;

/** The release that a firmware wrote behind the model. */
export function releaseOf(...types: readonly unknown[]): string | undefined {
  return types
    .map((type) => RELEASE.exec(String(type))?.[1])
    .find((release) => release !== undefined);
}
