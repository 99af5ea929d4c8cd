import type { UnitOf } from "../../../proto/units.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";

type Doc = Readonly<Record<string, unknown>>;

interface Facts {
  readonly algorithm?: string;
  /** Unit of what the cgminer API calls MHS. */
  readonly rateUnit?: UnitOf<"hashrate">;
}

// First match counts. Another model has no unit of its own.
const MODELS: readonly (readonly [model: RegExp, facts: Facts])[] = [
  // 51274.60 "MHS" on an A9, whose nameplate is 50 Ksol/s.
  [/^A9/i, { algorithm: "equihash", rateUnit: "Sol/s" }],
  [/^T\d/i, { algorithm: "sha256d", rateUnit: "MH/s" }],
  // Ethash or Etchash, as the pool has it: which of the two they do not say.
  [/^A1[01]/i, { rateUnit: "MH/s" }],
  [/^A[46]/i, { algorithm: "scrypt", rateUnit: "MH/s" }],
  [/^A5/i, { algorithm: "x11", rateUnit: "MH/s" }],
];

/** Facts of a model by the name that it gives itself (`T2`) or that its program has (`innominer a9-1.1.0`). */
export function factsOf(model: unknown): Facts {
  const [, facts] = MODELS.find(([pattern]) => pattern.test(String(model))) ?? [];
  return facts ?? {};
}

/** The model in the name of the program: `innominer a9-1.1.0` is an A9. */
export function modelOf(description: unknown): string | undefined {
  const [, model] = /^innominer[ _-](\w+)/i.exec(String(description)) ?? [];
  return model?.toUpperCase();
}

/** The members of a list that older firmware spreads over `STATS0`, `STATS1` and so on, or `POOL0` and so on. */
export function membersOf(doc: unknown, list: "STATS" | "POOL"): Doc[] {
  if (!isRecord(doc)) return [];
  const name = new RegExp(`^${list}S?\\d*$`);
  return Object.entries(doc)
    .filter(([key]) => name.test(key))
    .flatMap(([, members]) => listOf(members).filter(isRecord));
}

/** Hash boards of `stats`: the members with chips. */
export function chainsOf(stats: unknown): Doc[] {
  return membersOf(stats, "STATS").flatMap((member) =>
    member["Num chips"] === undefined && member["Num active chips"] === undefined
      ? []
      : [
          {
            number: member["Chain ID"] ?? member["STATS"],
            mean: member["MHS av"],
            working: member["Num active chips"],
            chips: member["Num chips"],
            temperature: member["Temp"],
            duty: member["Fan duty"],
          },
        ],
  );
}

/** The web page's own summary of everything, as far as a table needs it put in order. */
export function allOf(doc: unknown): Doc | undefined {
  const all = pointer(doc, "/all");
  return isRecord(all) ? { ...all, chains: listOf(all["chain"]) } : undefined;
}
