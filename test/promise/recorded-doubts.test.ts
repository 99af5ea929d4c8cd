import t from "tap";
import { foldWindow } from "../../agent/attest/fold.ts";
import type { FoldableSample } from "../../agent/attest/integral.ts";
import type { Reading, Report } from "../../agent/core/reading.ts";
import { ratedJoulesPerHash } from "../../agent/drivers/models.ts";
import { DOUBT } from "../../proto/attestation.ts";
import { declaredFamilies, hasCaptures, outcomeOf, recordings } from "./recordings/harness.ts";

/** Recorded devices that are doubted with reason, and the reason. */
const DOUBTED: Readonly<Record<string, string>> = {
  "asic-rs/bitaxe/Supra_v2.4.5: efficiency":
    "four seconds after its start: 2.65 W, a tenth of what its rate takes, and a rate that is a round number",
};

const WINDOW = { startMs: 0, endMs: 300_000 };
const STEP_MS = 10_000;
const LOOKED_FOR = { deadChips: DOUBT.deadChips, efficiency: DOUBT.efficiency } as const;
type Doubted = keyof typeof LOOKED_FOR;

/** The doubts about a device that says for a whole window what it said in its recording. */
function doubtsOn({ readings, problems, identity }: Report): Doubted[] {
  const samples: FoldableSample[] = Array.from(
    { length: WINDOW.endMs / STEP_MS },
    (_, position) => ({
      ...{ deviceId: "recorded", source: "recorded", role: "miner", increments: [], doubts: 0 },
      ...{ placedMs: (position + 1) * STEP_MS - 1, spanMs: STEP_MS, readings, problems },
    }),
  );
  const known = {
    id: "recorded",
    algorithms: [],
    rated: (algorithm: string) => ratedJoulesPerHash(identity.model, algorithm),
  };
  const doubts = foldWindow(WINDOW, samples, [known]).reduce((all, row) => all | row.doubts, 0);
  return (Object.keys(LOOKED_FOR) as Doubted[]).filter((name) => (doubts & LOOKED_FOR[name]) !== 0);
}

/** The same report with other values of one metric. */
const withValues = (
  report: Report,
  metric: Reading["metric"],
  other: (value: number) => number,
): Report => ({
  ...report,
  readings: report.readings.map((reading) =>
    reading.metric === metric ? { ...reading, value: other(reading.value) } : reading,
  ),
});

if (!hasCaptures()) {
  t.comment("there are no recorded replies beside the repository: 0 folded");
} else {
  const reported = recordings(await declaredFamilies())
    .map(outcomeOf)
    .flatMap(({ recording, reports }) => reports.map((report) => ({ report, ...recording })));

  t.test("the chips and the efficiency of a healthy device are not doubted", async (t) => {
    const found = reported.flatMap(({ path, report }) =>
      doubtsOn(report).map((name) => `${path}: ${name}`),
    );
    t.strictSame(found.sort(), Object.keys(DOUBTED).sort());
  });

  t.test("a recorded device whose chips die is doubted", async (t) => {
    const counting = reported.filter(({ report: { readings } }) =>
      readings.some(
        ({ metric, part }) =>
          metric === "chips_expected" &&
          readings.some((other) => other.metric === "chips_working" && other.part === part),
      ),
    );
    t.ok(counting.length > 0, `${counting.length} count their chips`);
    for (const { path, report } of counting)
      t.ok(doubtsOn(withValues(report, "chips_working", () => 0)).includes("deadChips"), path);
  });

  t.test("a recorded device that says a quarter of its power is doubted", async (t) => {
    const rated = reported.filter(({ report: { identity, readings } }) => {
      const whole = (metric: Reading["metric"]): Reading | undefined =>
        readings.find((reading) => reading.metric === metric && reading.part === "");
      const rate = whole("hashrate");
      return (
        whole("power") !== undefined &&
        (rate?.value ?? 0) > 0 &&
        ratedJoulesPerHash(identity.model, rate?.algorithm ?? "") !== undefined
      );
    });
    t.ok(rated.length > 0, `${rated.length} say their power and are of a known model`);
    for (const { path, report } of rated)
      t.ok(doubtsOn(withValues(report, "power", (w) => w / 4)).includes("efficiency"), path);
  });
}
