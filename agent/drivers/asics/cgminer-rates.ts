import { isRecord, listOf, pointer } from "../pointer.ts";

type Doc = Readonly<Record<string, unknown>>;

interface Rate {
  readonly amount: unknown;
  readonly unit: string;
}

// Labels of the cgminer API and of its descendants; in the API itself they are units.
const LABELS: Readonly<Record<string, string>> = {
  HS: "H/s",
  KHS: "kH/s",
  MHS: "MH/s",
  GHS: "GH/s",
  THS: "TH/s",
};

/** Over what time a rate is; the shortest first. */
export const SPANS = [
  ["5s", 5],
  ["20s", 20],
  ["30s", 30],
  ["1m", 60],
] as const;

function rateOf(doc: Doc, span: string): Rate | undefined {
  for (const [label, unit] of Object.entries(LABELS)) {
    const amount = doc[`${label} ${span}`];
    if (amount !== undefined && amount !== null) return { amount, unit };
  }
  return undefined;
}

function shortestSpan(doc: Doc): string | undefined {
  const [span] = SPANS.find(([one]) => rateOf(doc, one) !== undefined) ?? [];
  return span;
}

/** A record with its shortest rate in the list of that span; every other list is empty. */
export function withRates(doc: Doc): Doc {
  const shortest = shortestSpan(doc);
  const lists = SPANS.map(([span]) => [
    `over ${span}`,
    span === shortest ? [rateOf(doc, span)] : [],
  ]);
  return {
    ...doc,
    ...Object.fromEntries(lists),
    // Firmware that has no rate of now has none: a mean since the start is not put in its place.
    missing: shortest === undefined ? [{}] : [],
    mean: rateOf(doc, "av"),
  };
}

/** True for a record that says a rate as the cgminer API does. */
export function hasRates(doc: unknown): boolean {
  return isRecord(doc) && ["av", ...SPANS.map(([span]) => span)].some((span) => rateOf(doc, span));
}

/** The members of `devs`, ASICs and FPGAs or GPUs; each stands once more in the list of the span of its rate of now. */
export function devicesOf(devs: unknown, kind: "board" | "gpu"): Doc {
  const members = listOf(pointer(devs, "/DEVS"))
    // Still more than a table takes, so that too many are refused there.
    .slice(0, 2048)
    .filter(isRecord)
    .filter((device) => (device["GPU"] !== undefined) === (kind === "gpu"))
    .map((device) => ({
      ...device,
      number: device["GPU"] ?? device["ASC"] ?? device["PGA"] ?? device["ID"],
      mean: rateOf(device, "av"),
      span: shortestSpan(device),
    }));
  const spans = SPANS.map(([span]) => [
    `${kind} over ${span}`,
    members
      .filter((member) => member.span === span)
      .map((member) => ({ number: member.number, ...rateOf(member, span) })),
  ]);
  return { [kind]: members, ...Object.fromEntries(spans) };
}
